using System.Collections.Frozen;

namespace HoodyLogs.Entries;

/// <summary>
/// The methods that entries are filtered by: those of HTTP itself and of WebDAV. Any other is the client's invention, kept in <c>data</c>, lest it
/// multiply the series.
/// </summary>
internal static class WellKnownMethods
{
    private static readonly FrozenSet<string> Names = FrozenSet.ToFrozenSet(
    [
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY",
        "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "SEARCH",
    ]);

    /// <summary>The method, as one and the same string each time; null where it is not well known.</summary>
    public static string? Find(string method) => Names.TryGetValue(method, out var name) ? name : null;
}
