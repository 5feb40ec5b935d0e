using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Bodies;

/// <summary>Responses of the logs API contain entries of other projects, so their bodies are not captured.</summary>
public sealed class LogsApiBodyTests
{
    private const string Token = "token-of-an-admin-xyz";

    [TestCase("/api/proxy-logs/_logs?limit=5", Token)]
    [TestCase("/api/proxy-logs/_logs/stats", Token)]
    [TestCase("/api/proxy-logs/_logs/no-such-id", Token)]
    [TestCase("/api/proxy-logs/_logs", "wrong-token-0123456789")]
    [TestCase("/v1/tunnels/nonsense/requests", Token)]
    public async Task A5_responses_of_the_logs_API_are_captured_without_bodies_also_through_an_error_page(string path, string token)
    {
        foreach (var order in new[] { "none", "inner", "outer" })
        {
            await using var server = await CaptureServer.StartAsync(
                app =>
                {
                    if (order == "inner") app.UseStatusCodePagesWithReExecute("/page");
                    app.UseRouting();
                    app.MapGet("/page", () => "a page").WithProxyLogs(captureResponseBody: true);
                    app.MapGet("/app", () => "an app");
                    app.MapProxyLogs();
                },
                PostedBody.Kept + (options =>
                {
                    options.Capture.CaptureLogsApi = true;
                    options.Capture.CaptureEventStreamBodies = true;
                    options.Access.Tokens.Add(new AccessToken { Token = Token, Admin = true });
                }),
                before: app =>
                {
                    if (order == "outer") app.UseStatusCodePagesWithReExecute("/page");
                });
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Content = new StringContent("asked") };
            request.Headers.Add("X-Logs-Token", token);
            (await server.Client.SendAsync(request)).Dispose();
            var record = await server.NextAsync();
            (record.ResponseBody, record.ResponseBodyState, record.RequestBody, record.RequestBodyState)
                .Should().Be((null, BodyState.NotCaptured, null, BodyState.NotCaptured), $"{path} with {order}");

            await server.Client.GetAsync("/app");
            (await server.NextAsync()).Response().ResponseBody.Should().Be("an app");
        }
    }
}
