using HoodyLogs.AspNetCore.Capture.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace HoodyLogs.AspNetCore.Capture.Taps;

/// <summary>Replaces the features that upgrade a connection: the upgrade of HTTP/1.1 and the extended CONNECT of HTTP/2 and HTTP/3.</summary>
internal sealed class UpgradeTap : IHttpUpgradeFeature, IHttpExtendedConnectFeature
{
    private readonly IHttpUpgradeFeature? _upgrade;
    private readonly IHttpExtendedConnectFeature? _connect;
    private readonly CaptureFailures _failures;

    private UpgradeTap(IHttpUpgradeFeature? upgrade, IHttpExtendedConnectFeature? connect, CaptureFailures failures) =>
        (_upgrade, _connect, _failures) = (upgrade, connect, failures);

    /// <summary>The stream of the connection; null until it is upgraded.</summary>
    public UpgradedStreamTap? Stream { get; private set; }

    /// <summary>Whether the request asks for a WebSocket.</summary>
    public bool IsWebSocket { get; private init; }

    bool IHttpUpgradeFeature.IsUpgradableRequest => _upgrade!.IsUpgradableRequest;

    bool IHttpExtendedConnectFeature.IsExtendedConnect => _connect!.IsExtendedConnect;

    string? IHttpExtendedConnectFeature.Protocol => _connect!.Protocol;

    /// <summary>Creates the replacement for a request that asks for an upgrade; null for other requests.</summary>
    public static UpgradeTap? Create(HttpContext context, CaptureFailures failures)
    {
        // The request is checked first, because most requests ask for no upgrade and features are slow to find.
        var request = context.Request;
        var mayUpgrade = request.Headers.Connection.Count > 0;
        var mayConnect = HttpMethods.IsConnect(request.Method);
        if (!mayUpgrade && !mayConnect) return null;
        var features = context.Features;
        var upgrade = mayUpgrade && features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgradable ? upgradable : null;
        var connect = mayConnect && features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } extended ? extended : null;
        if (upgrade is null && connect is null) return null;
        return new UpgradeTap(upgrade, connect, failures)
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
        Stream = new UpgradedStreamTap(await _upgrade!.UpgradeAsync().ConfigureAwait(false), IsWebSocket, _failures);

    async ValueTask<Stream> IHttpExtendedConnectFeature.AcceptAsync() =>
        Stream = new UpgradedStreamTap(await _connect!.AcceptAsync().ConfigureAwait(false), IsWebSocket, _failures);

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
