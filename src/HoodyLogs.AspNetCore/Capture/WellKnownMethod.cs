using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>The methods that entries are filtered by. Any other is the client's invention, kept in <c>data</c>, lest it multiply the series.</summary>
internal static class WellKnownMethod
{
    public static string? Of(string method) => HttpMethods.GetCanonicalizedValue(method) switch
    {
        var name and ("GET" or "POST" or "PUT" or "DELETE" or "PATCH" or "HEAD" or "OPTIONS" or "CONNECT" or "TRACE") => name,
        _ => null,
    };
}
