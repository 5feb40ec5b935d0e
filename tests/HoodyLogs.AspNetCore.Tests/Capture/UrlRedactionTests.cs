using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Recording;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

/// <summary>Redaction of paths, and of urls by the delegate of the host.</summary>
public sealed class UrlRedactionTests
{
    private static readonly Action<ProxyLogsOptions> Patterns = options =>
    {
        options.Capture.SensitivePaths = ["/bot*/**", "/reset-password/*"];
        options.Capture.CaptureHeaders = true;
        options.Capture.AllowedHeaders = ["User-Agent", "Referer", "Location", "Link", "X-Note", "Accept"];
    };

    [TestCase("/bot12:s3cret/send?x=1", "/bot[redacted]/[redacted]?x=1")]
    [TestCase("/reset-password/s3cret", "/reset-password/[redacted]")]
    [TestCase("/reset-password%2Fs3cret", "/reset-password%2F[redacted]")]
    [TestCase("/base/reset-password/s3cret/", "/base/reset-password/[redacted]/")]
    [TestCase("/other/plain", "/other/plain")]
    public async Task Paths_are_redacted_by_pattern(string target, string url)
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.Run(context => context.Response.WriteAsync("ok")), Patterns, before: app => app.UsePathBase("/base"));
        await server.Client.GetAsync(target);
        (await server.NextAsync()).Url.Should().Be(url);
    }

    [Test]
    public async Task Paths_in_headers_are_redacted_and_the_User_Agent_is_redacted_alike_in_both_fields()
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.Run(context =>
            {
                context.Response.Headers.Location = "https://x/reset-password/s3cret?y=1";
                context.Response.Headers.Append("Link", new[] { "</reset-password/s3cret>; rel=next", "<https://u:s3cret@x/>" });
                return Task.CompletedTask;
            }),
            Patterns);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Referer", "https://x/app/reset-password/s3cret");
        request.Headers.TryAddWithoutValidation("User-Agent", "agent password=s3cret");
        request.Headers.TryAddWithoutValidation("X-Note", "password: \"s3cret two\"");
        await server.Client.SendAsync(request);
        var record = await server.NextAsync();
        var entry = record.Request();
        var headers = entry.Data("headers");
        headers.GetProperty("Referer").GetString().Should().Be("https://x/app/reset-password/[redacted]");
        headers.GetProperty("User-Agent").GetString().Should().Be("agent password=[redacted]").And.Be(entry.Data("userAgent").GetString());
        var response = record.Response().Data("headers");
        response.GetProperty("Location").GetString().Should().Be("https://x/reset-password/[redacted]?y=1");
        response.GetProperty("Link").GetString().Should().Be("</reset-password/[redacted]>; rel=next, <https://[redacted]@x/>");
        (entry.Data.GetRawText() + record.Response().Data.GetRawText()).Should().NotContain("s3cret");
    }

    [Test]
    public async Task Paths_in_log_messages_are_redacted()
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.Run(context =>
            {
                var logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Host");
                logger.LogError("Request starting {Protocol} {Method} {Scheme}://{Host}{Path} of {Decoded}", "HTTP/1.1", "GET", "http", "h", context.Request.Path, "/reset-password/s3cret s3cret");
                return Task.CompletedTask;
            }),
            Patterns,
            build: builder => builder.Logging.ClearProviders().AddProxyLogs());
        await server.Client.GetAsync("/reset-password/s3cret");
        var entry = (await server.NextAsync()).Request();
        entry.Data("message").GetString().Should().Be("Request starting HTTP/1.1 GET http://h/reset-password/[redacted] of /reset-password/[redacted]");
        entry.Data.GetRawText().Should().NotContain("s3cret");
    }

    [Test]
    public async Task The_delegate_of_the_host_redacts_urls_last()
    {
        var seen = new List<(string Url, string? Header)>();
        await using var server = await CaptureServer.StartAsync(app => app.Run(context => context.Response.WriteAsync("ok")), Patterns + (options => options.Capture.RedactUrl = url =>
        {
            seen.Add((url.Url, url.Header));
            url.Context.Request.Method.Should().Be("GET");
            return url.Url.Replace("ada", "…", StringComparison.Ordinal);
        }));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/users/ada?token=s3cret");
        request.Headers.Add("Referer", "https://x/ada");
        await server.Client.SendAsync(request);
        var record = await server.NextAsync();
        record.Url.Should().Be("/users/…?token=[redacted]");
        record.Request().Data("headers").GetProperty("Referer").GetString().Should().Be("https://x/…");
        seen.Should().BeEquivalentTo([("/users/ada?token=[redacted]", (string?)null), ("https://x/ada", "Referer")]);
    }

    [Test]
    public async Task A_failing_url_delegate_redacts_the_url_and_is_counted()
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.Run(context => context.Response.WriteAsync("ok")), options => options.Capture.RedactUrl = _ => throw new InvalidOperationException());
        (await server.Client.GetStringAsync("/a")).Should().Be("ok");
        var record = await server.NextAsync();
        (record.Url, record.Status).Should().Be(("[redacted]", 200));
        server.Services.GetRequiredService<ExchangeRecorder>().Failures.Should().Be(1);
    }

    [Test]
    public async Task A_reload_changes_the_patterns()
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(context => context.Response.WriteAsync("ok")));
        await server.Client.GetAsync("/hooks/s3cret");
        (await server.NextAsync()).Url.Should().Be("/hooks/s3cret");
        server.Reload("ProxyLogs:Capture:SensitivePaths:0", "/hooks/*");
        await server.Client.GetAsync("/hooks/s3cret");
        (await server.NextAsync()).Url.Should().Be("/hooks/[redacted]");
    }
}
