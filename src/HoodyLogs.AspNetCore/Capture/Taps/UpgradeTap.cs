using HoodyLogs.AspNetCore.Capture.Exchanges;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace HoodyLogs.AspNetCore.Capture.Taps;

/// <summary>Stands in for the server's ways to take a connection over: the upgrade of HTTP/1.1 and the extended CONNECT of HTTP/2 and 3.</summary>
internal sealed class UpgradeTap : IHttpUpgradeFeature, IHttpExtendedConnectFeature
{
    private readonly IHttpUpgradeFeature? _upgrade;
    private readonly IHttpExtendedConnectFeature? _connect;

    private readonly Exchange _exchange;

    private UpgradeTap(Exchange exchange, IHttpUpgradeFeature? upgrade, IHttpExtendedConnectFeature? connect) =>
        (_exchange, _upgrade, _connect) = (exchange, upgrade, connect);

    /// <summary>What passes over the connection; null while it is not taken over.</summary>
    public UpgradedStreamTap? Stream { get; private set; }

    /// <summary>Whether the connection became a WebSocket, as far as the request says.</summary>
    public bool IsWebSocket { get; private init; }

    bool IHttpUpgradeFeature.IsUpgradableRequest => _upgrade!.IsUpgradableRequest;

    bool IHttpExtendedConnectFeature.IsExtendedConnect => _connect!.IsExtendedConnect;

    string? IHttpExtendedConnectFeature.Protocol => _connect!.Protocol;

    /// <summary>What stands in where the request asks for a takeover; null where it does not.</summary>
    public static UpgradeTap? Of(Exchange exchange)
    {
        var context = exchange.Context;

        // Asked of the request first: most ask for nothing of the kind, and looking for features costs more.
        var request = context.Request;
        var mayUpgrade = request.Headers.Connection.Count > 0;
        var mayConnect = HttpMethods.IsConnect(request.Method);
        if (!mayUpgrade && !mayConnect) return null;
        var features = context.Features;
        var upgrade = mayUpgrade && features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgradable ? upgradable : null;
        var connect = mayConnect && features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } extended ? extended : null;
        if (upgrade is null && connect is null) return null;
        return new UpgradeTap(exchange, upgrade, connect)
        {
            IsWebSocket = IsWebSocketName(connect?.Protocol) || (upgrade is not null && HasWebSocket(request.Headers.Upgrade)),
        };
    }

    public void Install(IFeatureCollection features)
    {
        if (_upgrade is not null) features.Set<IHttpUpgradeFeature>(this);
        if (_connect is not null) features.Set<IHttpExtendedConnectFeature>(this);
    }

    public void Remove(HttpContext context)
    {
        var features = context.Features;
        if (ReferenceEquals(features.Get<IHttpUpgradeFeature>(), this)) features.Set(_upgrade);
        if (ReferenceEquals(features.Get<IHttpExtendedConnectFeature>(), this)) features.Set(_connect);
    }

    async Task<Stream> IHttpUpgradeFeature.UpgradeAsync() =>
        Stream = new UpgradedStreamTap(await _upgrade!.UpgradeAsync().ConfigureAwait(false), IsWebSocket, _exchange);

    async ValueTask<Stream> IHttpExtendedConnectFeature.AcceptAsync() =>
        Stream = new UpgradedStreamTap(await _connect!.AcceptAsync().ConfigureAwait(false), IsWebSocket, _exchange);

    private static bool HasWebSocket(StringValues upgrade)
    {
        foreach (var value in upgrade)
        {
            if (value is not null && value.Contains("websocket", StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static bool IsWebSocketName(string? protocol) => string.Equals(protocol, "websocket", StringComparison.OrdinalIgnoreCase);
}
