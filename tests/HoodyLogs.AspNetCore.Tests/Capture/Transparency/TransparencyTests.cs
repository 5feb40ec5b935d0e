using System.Collections.Concurrent;
using System.Net;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Transparency;

/// <summary>Sends each random exchange to a captured and to an uncaptured endpoint. Neither side observes a difference.</summary>
public sealed class TransparencyTests
{
    private const int Exchanges = 1_000;

    private readonly ConcurrentDictionary<string, Script> _running = [];

    [Test]
    public async Task An_endpoint_and_its_client_observe_the_same_as_without_capture([Values] bool isHttp2, [Values] bool withBodies)
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.Run(RunAsync),
            options => (options.Capture.CaptureRequestBody, options.Capture.CaptureResponseBody, options.Capture.MaxBodyBytes) = (withBodies, withBodies, 2_000),
            app => app.Map("/bare", bare => bare.Run(RunAsync)),
            builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.AllowSynchronousIO = true));

        var random = new Random(isHttp2 ? 1 : 2);
        for (var i = 0; i < Exchanges; i++)
        {
            var script = new Script(random);
            var bare = await SendAsync(server, isHttp2, $"/bare/{i}", script);
            var captured = await SendAsync(server, isHttp2, $"/captured/{i}", script.Again());
            captured.Should().Be(bare, $"of exchange {i}, {script}");
        }
    }

    private async Task<string> SendAsync(CaptureServer server, bool isHttp2, string path, Script script)
    {
        _running[path] = script;

        // A separate connection, so that one exchange does not affect the next.
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = isHttp2 ? server.Http2Address : server.Address,
            DefaultRequestVersion = isHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        return await script.SendAsync(client, path);
    }

    private Task RunAsync(HttpContext context) => _running[context.Request.PathBase + context.Request.Path].RunAsync(context);
}
