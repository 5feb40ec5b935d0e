using System.Net;
using FluentAssertions;
using HoodyLogs.AspNetCore.Tests.Access;
using HoodyLogs.AspNetCore.Tests.Endpoints;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using static HoodyLogs.AspNetCore.Tests.Access.AccessServer;

namespace HoodyLogs.AspNetCore.Tests.Hosting;

/// <summary>Error pages of the host do not replace responses of the library.</summary>
public sealed class ErrorPageTests
{
    private const string Secret = "detail-that-nobody-may-see";
    private const string TunnelPath = "/v1/tunnels/550e8400-e29b-41d4-a716-446655440000/requests";
    private static readonly (string, string) BadHost = ("Host", "p1-c1-logs-1.example");

    private static readonly Dictionary<string, Action<WebApplication>> Pages = new()
    {
        ["none"] = _ => { },
        ["developer"] = app => app.UseDeveloperExceptionPage(),
        ["handler"] = app => app.UseExceptionHandler(page => page.Run(context => context.Response.WriteAsync("the host's page"))),
        ["status"] = app => app.UseStatusCodePages("text/html", "the host's page"),
        ["re-execute"] = app => app.UseStatusCodePagesWithReExecute("/page"),
        ["redirect"] = app => app.UseStatusCodePagesWithRedirects("/page"),
    };

    public static IEnumerable<string> PageNames => Pages.Keys;

    [Test]
    public async Task A7_an_unexpected_exception_is_a_500_with_an_error_body_and_is_logged(
        [ValueSource(nameof(PageNames))] string page, [Values] Place place)
    {
        using var log = new MessageList();
        await using var server = await FailingAsync(page, place, log);
        (await server.SendAsync(List, BadHost)).Should().Be((HttpStatusCode.InternalServerError,
            """{"statusCode":500,"error":"Internal Server Error","message":"The request failed unexpectedly; the log of the host says why"}"""));
        (await server.SendAsync(TunnelPath, BadHost)).Should().Be((HttpStatusCode.InternalServerError,
            """{"code":"INTERNAL_ERROR","message":"The request failed unexpectedly; the log of the host says why"}"""));
        log.Messages.Count(message => message.Text == "A request to the logs API failed unexpectedly.").Should().Be(2);
    }

    [Test]
    public async Task A7_error_responses_of_the_library_keep_their_bodies([ValueSource(nameof(PageNames))] string page, [Values] Place place)
    {
        using var log = new MessageList();
        await using var server = await FailingAsync(page, place, log);
        (await server.SendAsync(List)).Body.Should().StartWith("""{"statusCode":403,""");
        (await server.SendAsync(List + "?limit=x", ("X-Logs-Token", P1))).Body.Should().StartWith("""{"statusCode":400,""");
        (await server.SendAsync(List + "/999", ("X-Logs-Token", P1))).Body.Should().StartWith("""{"statusCode":404,""");
        (await server.SendAsync(TunnelPath)).Body.Should().StartWith("""{"code":"UNAUTHORIZED",""");
        using var post = await server.Client.PostAsync(new Uri(List, UriKind.Relative), null);
        (await post.Content.ReadAsStringAsync()).Should().StartWith("""{"statusCode":405,""");
        using var head = await server.Stranger().SendAsync(new HttpRequestMessage(HttpMethod.Head, List));
        head.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        (await server.SendAsync("/nowhere")).Status.Should().NotBe(HttpStatusCode.InternalServerError);
    }

    [Test]
    public async Task A7_a_failure_during_the_response_aborts_the_connection()
    {
        await using var server = await StartAsync(map: app => app.MapProxyLogs().Add(endpoint => endpoint.RequestDelegate = async context =>
        {
            await context.Response.WriteAsync("the beginning");
            throw new InvalidOperationException(Secret);
        }));
        await server.Awaiting(started => started.SendAsync(List)).Should().ThrowAsync<HttpRequestException>();
    }

    [Test]
    public async Task A7_a_client_that_disconnects_is_no_failure()
    {
        using var log = new MessageList();
        await using var server = await StartAsync(
            options => options.Limits.MaxStreams = 1, builder => builder.Logging.AddProvider(log));
        (await server.Client.GetAsync(new Uri(List + "/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead)).Dispose();
        await Eventually.Holds(
            async () =>
            {
                using var next = await server.Client.GetAsync(new Uri(List + "/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
                return next.StatusCode == HttpStatusCode.OK;
            },
            "the stream of the client that left has ended");
        log.Messages.Should().NotContain(message => message.Level >= LogLevel.Warning);
    }

    [Test]
    public async Task A7_short_circuited_routes_respond_as_other_routes()
    {
        await using var server = await StartAsync(map: app => app.MapProxyLogs().ShortCircuit(404));
        (await server.TotalAsync(("X-Logs-Token", P1))).Should().Be(4);
        (await server.StatusAsync()).Should().Be(HttpStatusCode.Forbidden);
        using var response = await server.Client.GetAsync(new Uri(List, UriKind.Relative));
        response.Headers.CacheControl!.NoStore.Should().BeTrue();
    }

    private static Task<LogsApiServer> FailingAsync(string page, Place place, MessageList log) => StartAsync(
        (ProxyLogsOptions options) =>
        {
            (options.Access.RestrictByHost, options.Access.TrustHostHeader) = (true, true);
            options.Access.HostGate = _ => throw new InvalidOperationException(Secret);
        },
        builder => builder.Logging.AddProvider(log),
        app =>
        {
            app.Put(place, Pages[page]);
            app.MapGet("/page", () => "the host's page");
            app.MapProxyLogs();
        });
}
