using HoodyLogs.AspNetCore;

namespace ReverseProxySample.Demo;

/// <summary>Reads the scope from request headers. Only for demonstrations: any client can name any scope.</summary>
internal static class ScopeHeaders
{
    public static void UseScopeHeaders(this CaptureOptions capture)
    {
        // The library reads host names before it calls this delegate. Headers take precedence here.
        var fromHost = capture.ScopeFromHost;
        capture.ScopeFromHost = false;
        capture.Scope = context => Read(context.Request.Headers) ?? (fromHost ? ExchangeScope.FromHost(context) : null) ?? default;
    }

    private static ExchangeScope? Read(IHeaderDictionary headers)
    {
        return Header("X-Project-Id") is { } project ? new(project, Header("X-Container-Id"), Header("X-Service-Name")) : null;

        string? Header(string name) => headers.TryGetValue(name, out var value) && value is [{ Length: > 0 } first] ? first : null;
    }
}
