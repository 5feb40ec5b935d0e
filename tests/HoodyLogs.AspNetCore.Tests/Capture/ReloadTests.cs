using System.Text;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

/// <summary>A changed option of capture applies to the next exchange.</summary>
public sealed class ReloadTests
{
    private CaptureServer _server = null!;

    [SetUp]
    public async Task StartAsync() => _server = await CaptureServer.StartAsync(app => app.Run(async context =>
    {
        context.Response.StatusCode = context.Request.Path == "/missing" ? 404 : 200;
        context.Response.ContentType = "text/plain";
        await context.Request.Body.CopyToAsync(context.Response.Body);
    }));

    [TearDown]
    public Task StopAsync() => _server.DisposeAsync().AsTask();

    [Test]
    public async Task MinLevel_follows_a_reload()
    {
        Reload("MinLevel", "warn");
        await PostAsync("/fine");
        await PostAsync("/missing");
        (await _server.NextAsync()).Url.Should().Be("/missing");
        Reload("MinLevel", "info");
        (await RecordAsync("/fine")).Url.Should().Be("/fine");
    }

    [Test]
    public async Task IncludedMethods_follow_a_reload()
    {
        Reload("IncludedMethods:0", "GET");
        await PostAsync("/post");
        await _server.Client.GetAsync("/get");
        (await _server.NextAsync()).Url.Should().Be("/get");
    }

    [Test]
    public async Task ExcludedPaths_follow_a_reload()
    {
        Reload("ExcludedPaths:0", "/health/**");
        await PostAsync("/health/live");
        (await RecordAsync("/other")).Url.Should().Be("/other");
    }

    [Test]
    public async Task Source_follows_a_reload()
    {
        (await RecordAsync("/")).Source.Should().Be(EntrySource.Backend);
        Reload("Source", "edge");
        (await RecordAsync("/")).Source.Should().Be(EntrySource.Edge);
    }

    [Test]
    public async Task RequestEntry_follows_a_reload()
    {
        Reload("RequestEntry", "AtArrival");
        (await RecordAsync("/")).Shape.Should().Be(RecordShape.Request);
        (await _server.NextAsync()).Shape.Should().Be(RecordShape.Response);
        Reload("RequestEntry", "AtCompletion");
        (await RecordAsync("/")).Shape.Should().Be(RecordShape.Exchange);
    }

    [Test]
    public async Task CaptureRequestBody_and_CaptureResponseBody_follow_a_reload()
    {
        var before = await RecordAsync("/");
        Reload("CaptureRequestBody", "true");
        var request = await RecordAsync("/");
        Reload("CaptureRequestBody", "false");
        Reload("CaptureResponseBody", "true");
        var response = await RecordAsync("/");

        (before.RequestBody, before.ResponseBody).Should().Be((null, null));
        (request.RequestBodyState, request.ResponseBodyState).Should().Be((BodyState.Full, BodyState.NotCaptured));
        (response.RequestBodyState, response.ResponseBodyState).Should().Be((BodyState.NotCaptured, BodyState.Full));
    }

    [Test]
    public async Task MaxBodyBytes_follows_a_reload()
    {
        Reload("CaptureRequestBody", "true");
        Reload("MaxBodyBytes", "3");
        var record = await RecordAsync("/");
        record.Request().RequestBody.Should().Be("hel");
        record.RequestBodyState.Should().Be(BodyState.Capped);
    }

    [Test]
    public async Task ExcludedContentTypes_follow_a_reload()
    {
        Reload("CaptureRequestBody", "true");
        Reload("ExcludedContentTypes:0", "text/");
        (await RecordAsync("/")).RequestBody.Should().BeNull();
    }

    [Test]
    public async Task SensitiveNames_follow_a_reload()
    {
        (await RecordAsync("/?voucher=4711")).Url.Should().Be("/?voucher=4711");
        Reload("SensitiveNames:0", "voucher");
        (await RecordAsync("/?voucher=4711&token=t")).Url.Should().Be("/?voucher=[redacted]&token=[redacted]");
    }

    [Test]
    public async Task CaptureHeaders_AllowedHeaders_and_SensitiveHeaders_follow_a_reload()
    {
        (await RecordAsync("/")).Request().HasData("headers").Should().BeFalse();
        Reload("CaptureHeaders", "true");
        Reload("AllowedHeaders:0", "X-Kept");
        Reload("AllowedHeaders:1", "X-Secret");
        Reload("SensitiveHeaders:0", "X-Secret");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("X-Kept", "kept");
        request.Headers.Add("X-Secret", "hidden");
        await _server.Client.SendAsync(request);
        (await _server.NextAsync()).Request().Data("headers").GetRawText().Should().Contain("kept").And.NotContain("hidden");
    }

    [Test]
    public async Task An_invalid_reload_changes_nothing()
    {
        Reload("MinLevel", "warn");
        Reload("MaxBodyBytes", "many");
        Reload("MinLevel", "debug");
        await PostAsync("/fine");
        await PostAsync("/missing");
        (await _server.NextAsync()).Url.Should().Be("/missing");
    }

    private void Reload(string key, string value) => _server.Reload($"ProxyLogs:Capture:{key}", value);

    private async Task PostAsync(string url)
    {
        using var body = new StringContent("hello", Encoding.UTF8, "text/plain");
        using var response = await _server.Client.PostAsync(url, body);
    }

    private async Task<LogRecord> RecordAsync(string url)
    {
        await PostAsync(url);
        return await _server.NextAsync();
    }
}
