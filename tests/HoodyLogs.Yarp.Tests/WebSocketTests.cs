using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FluentAssertions;
using Microsoft.AspNetCore.Http;
using NUnit.Framework;
using Yarp.ReverseProxy.Configuration;

namespace HoodyLogs.Yarp.Tests;

/// <summary>A connection that YARP upgrades is one exchange.</summary>
public sealed class WebSocketTests
{
    [Test]
    public async Task U6_a_WebSocket_has_its_scope_its_destination_and_its_stages()
    {
        await using var upstream = await Upstream.StartAsync(EchoOnceAsync);
        await using var proxy = await ProxyHost.StartAsync(upstream.Address);

        await TalkAsync(proxy);

        var entry = await proxy.ResponseAsync();
        (entry.Text("status"), entry.Text("projectId"), entry.Data("protocol"), entry.Data("closeStatus")).Should().Be(("101", "acme", "ws", "1000"));
        (entry.Data("route"), entry.Data("destination"), entry.Data("upstreamError")).Should().Be(("all", "first", null));
        entry.GetProperty("data").EnumerateObject().Select(member => member.Name).Should().Contain(["beforeUpstreamMs", "upstreamHeadersMs", "upstreamBodyMs"])
            .And.NotContain("attempts");
    }

    [Test]
    public async Task A_WebSocket_that_YARP_tries_over_HTTP_2_first_is_one_attempt()
    {
        using var certificate = Certificate();
        await using var upstream = await Upstream.StartAsync(EchoOnceAsync, certificate);
        var cluster = ProxyHost.Cluster("web", upstream.Address) with
        {
            HttpRequest = null,
            HttpClient = new HttpClientConfig { DangerousAcceptAnyServerCertificate = true },
        };
        await using var proxy = await ProxyHost.StartAsync([ProxyHost.Route()], [cluster]);

        await TalkAsync(proxy);

        var entry = await proxy.ResponseAsync();
        (entry.Text("status"), entry.Data("attempts"), entry.Data("upstreamError")).Should().Be(("101", null, null));
        entry.Data("upstreamHeadersMs").Should().NotBeNull();
    }

    private static async Task TalkAsync(ProxyHost proxy)
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(new UriBuilder(proxy.Client.BaseAddress!) { Scheme = "ws" }.Uri, CancellationToken.None);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        (await socket.ReceiveAsync(new byte[100].AsMemory(), CancellationToken.None)).Count.Should().Be(5);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    private static async Task EchoOnceAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[100];
        var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
        await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, CancellationToken.None);
        await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
