using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace HoodyLogs.AspNetCore.Endpoints.Fanout;

/// <summary>What a cursor is bound to: everything that decides which entries a fanned-out read shows, and how.</summary>
internal static class FanoutFilterDigest
{
    /// <summary>Enough of a SHA-256 to tell filters apart; the cursor's signature is what keeps it safe.</summary>
    public const int DigestSize = 19;

    public static byte[] Digest(LogQuery query)
    {
        var filter = query.Filter;
        var text = new StringBuilder();
        Add(text, "level", filter.Levels.Select(level => level.ToString()));
        Add(text, "kind", filter.Kinds.Select(kind => kind.ToString()));
        Add(text, "source", filter.Sources.Select(source => source.ToString()));
        Add(text, "method", filter.Methods);
        Add(text, "serviceName", filter.ServiceNames);
        Add(text, "status", filter.Statuses.Select(range => string.Create(CultureInfo.InvariantCulture, $"{range.From}-{range.To}")));
        Add(text, "traceId", One(filter.TraceId));
        Add(text, "q", One(filter.UrlText));
        Add(text, "from", One(filter.FromMs));
        Add(text, "to", One(filter.ToMs));
        Add(text, "beforeId", One(query.BeforeId));
        Add(text, "bodies", [$"{query.IncludeRequestBody} {query.IncludeResponseBody}"]);
        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()))[..DigestSize];
    }

    // With its length before each value, no two sets of filters have one text.
    private static void Add(StringBuilder text, string name, IEnumerable<string> values)
    {
        text.Append(name);
        foreach (var value in values.Order(StringComparer.Ordinal)) text.Append(CultureInfo.InvariantCulture, $" {value.Length}:{value}");
        text.Append('\n');
    }

    private static string[] One(string? value) => value is null ? [] : [value];

    private static string[] One(long? value) => value is { } number ? [number.ToString(CultureInfo.InvariantCulture)] : [];
}
