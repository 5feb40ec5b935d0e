using HoodyLogs.AspNetCore;
using Yarp.ReverseProxy.Model;

namespace ReverseProxySample;

/// <summary>Says whose exchange it is: by the host name, else by the metadata of the YARP route.</summary>
internal static class ExchangeScopes
{
    public static void Configure(CaptureOptions capture, IConfiguration configuration)
    {
        capture.Scope = FromRoute;
        if (!configuration.GetValue("Demo:ScopeHeaders", false)) return;

        // The headers come before the host name, which the library would read first.
        var hostScopes = capture.ScopeFromHost;
        capture.ScopeFromHost = false;
        capture.Scope = context => FromHeaders(context) ?? (hostScopes ? ExchangeScope.FromHost(context) : null) ?? FromRoute(context);
    }

    /// <summary>For trying things out only: any client could name any scope.</summary>
    private static ExchangeScope? FromHeaders(HttpContext context)
    {
        var headers = context.Request.Headers;
        return Header("X-Project-Id") is { } project ? new(project, Header("X-Container-Id"), Header("X-Service-Name")) : null;

        string? Header(string name) => headers.TryGetValue(name, out var value) && value is [{ Length: > 0 } first] ? first : null;
    }

    private static ExchangeScope FromRoute(HttpContext context)
    {
        if (context.Features.Get<IReverseProxyFeature>() is not { } proxied) return default;
        var metadata = proxied.Route.Config.Metadata;
        return new(metadata?.GetValueOrDefault("ProjectId"), metadata?.GetValueOrDefault("ContainerId"), proxied.Route.Config.ClusterId);
    }
}
