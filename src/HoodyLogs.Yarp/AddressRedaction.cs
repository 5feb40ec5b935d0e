using System.Diagnostics.CodeAnalysis;

namespace HoodyLogs.Yarp;

/// <summary>Redacts ids that contain an address. Service discovery and hosts without names of their own use addresses as ids.</summary>
internal static class AddressRedaction
{
    private const string Redacted = "[redacted]";

    /// <summary>
    /// Replaces user information and the query of an address with <c>[redacted]</c>. Returns any other id as it is. Everything before the last <c>@</c> counts as
    /// user information, because a password may contain any character.
    /// </summary>
    [return: NotNullIfNotNull(nameof(id))]
    public static string? Of(string? id)
    {
        if (id is null || id.AsSpan().IndexOfAny('@', '?', '#') < 0) return id;
        var scheme = id.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0) return id;

        var start = scheme + "://".Length;
        var host = Math.Max(start, id.LastIndexOf('@'));
        var hostAndPath = id.AsSpan(host);
        var query = hostAndPath.IndexOfAny('?', '#');
        if (query >= 0) hostAndPath = hostAndPath[..(query + 1)];
        return string.Concat(id.AsSpan(0, start), hostAndPath.StartsWith('@') ? Redacted : "", hostAndPath, query >= 0 ? Redacted : "");
    }
}
