using System.Collections.Frozen;

namespace HoodyLogs.Entries;

/// <summary>
/// The methods that a filter can name: those of HTTP and WebDAV. Clients can invent any other method, so it is stored in <c>data</c>, where it
/// does not create series.
/// </summary>
internal static class WellKnownMethods
{
    private static readonly FrozenSet<string> Names = FrozenSet.ToFrozenSet(
    [
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY",
        "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "SEARCH",
    ]);

    /// <summary>Returns the method as a shared string, or null if it is not well known.</summary>
    public static string? Find(string method) => Names.TryGetValue(method, out var name) ? name : null;
}
