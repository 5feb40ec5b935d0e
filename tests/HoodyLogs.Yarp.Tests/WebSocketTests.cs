using System.Net.WebSockets;
using FluentAssertions;
using NUnit.Framework;

namespace HoodyLogs.Yarp.Tests;

/// <summary>A connection that YARP upgrades is one exchange.</summary>
public sealed class WebSocketTests
{
    [Test]
    public async Task U6_a_WebSocket_has_its_scope_its_destination_and_its_stages()
    {
        await using var upstream = await Upstream.StartAsync(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[100];
            var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, CancellationToken.None);
            await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        });
        await using var proxy = await ProxyHost.StartAsync(upstream.Address);

        using (var socket = new ClientWebSocket())
        {
            await socket.ConnectAsync(new UriBuilder(proxy.Client.BaseAddress!) { Scheme = "ws" }.Uri, CancellationToken.None);
            await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
            (await socket.ReceiveAsync(new byte[100].AsMemory(), CancellationToken.None)).Count.Should().Be(5);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }

        var entry = await proxy.ResponseAsync();
        (entry.Text("status"), entry.Text("projectId"), entry.Data("protocol"), entry.Data("closeStatus")).Should().Be(("101", "acme", "ws", "1000"));
        (entry.Data("route"), entry.Data("destination"), entry.Data("upstreamError")).Should().Be(("all", "first", null));
        entry.GetProperty("data").EnumerateObject().Select(member => member.Name).Should().Contain(["beforeUpstreamMs", "upstreamHeadersMs", "upstreamBodyMs"])
            .And.NotContain("attempts");
    }
}
