using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using HoodyLogs.Entries;

namespace HoodyLogs.AspNetCore.Endpoints.Parameters;

/// <summary>The filters of decision L6, as a query string gives them: one reading for list, stats and stream.</summary>
internal static class LogFilterBinder
{
    /// <summary>The greatest length of <c>q</c>.</summary>
    public const int MaxTextLength = 512;

    private const int MinStatus = 100;
    private const int MaxStatus = 599;

    private static readonly SearchValues<char> MethodCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private delegate bool TryName<T>(ReadOnlySpan<char> name, out T value);

    /// <summary>The documented filters and our additions.</summary>
    public static LogFilter Read(QueryParameters query) => ReadDocumented(query) with
    {
        TraceId = query.Text("traceId", MaxTextLength),
        Statuses = Statuses(query),
        FromMs = query.Milliseconds("from"),
        ToMs = query.Milliseconds("to"),
        UrlText = query.Text("q", MaxTextLength),
    };

    /// <summary>The documented filters alone: those that a series answers without a look at records.</summary>
    public static LogFilter ReadDocumented(QueryParameters query) => new()
    {
        Levels = Names<EntryLevel>(query, "level", EntryNames.TryLevel, EntryNames.Levels),
        Kinds = Names<EntryKind>(query, "kind", EntryNames.TryKind, EntryNames.Kinds),
        Sources = Names<EntrySource>(query, "source", EntryNames.TrySource, EntryNames.Sources),
        Methods = Methods(query),
        ServiceNames = query.List("serviceName").ToFrozenSet(),
        ProjectIds = query.List("projectId").ToFrozenSet(),
        ContainerIds = query.List("containerId").ToFrozenSet(),
    };

    private static HashSet<T> Names<T>(QueryParameters query, string parameter, TryName<T> tryName, string allowed)
    {
        var values = new HashSet<T>();
        foreach (var name in query.List(parameter))
        {
            if (tryName(name, out var value)) values.Add(value);
            else query.Refuse(parameter, name, allowed);
        }

        return values;
    }

    /// <summary>Hosts may serve methods of their own, so every method that HTTP allows is taken.</summary>
    private static FrozenSet<string> Methods(QueryParameters query)
    {
        var methods = query.List("method");
        if (methods.Find(method => method.AsSpan().ContainsAnyExcept(MethodCharacters)) is { } bad) query.Refuse("method", bad, "HTTP methods, such as GET");
        return methods.Select(method => method.ToUpperInvariant()).ToFrozenSet();
    }

    private static List<StatusRange> Statuses(QueryParameters query)
    {
        var ranges = new List<StatusRange>();
        foreach (var text in query.List("status"))
        {
            if (TryStatus(text, out var range)) ranges.Add(range);
            else query.Refuse("status", text, $"codes (404), classes (5xx) and ranges (400-499) within {MinStatus} to {MaxStatus}");
        }

        return ranges;
    }

    private static bool TryStatus(ReadOnlySpan<char> text, out StatusRange range)
    {
        if (text.Length == 3 && text[0] is >= '1' and <= '5' && text[1..].Equals("xx", StringComparison.OrdinalIgnoreCase))
        {
            var first = (text[0] - '0') * 100;
            range = new StatusRange(first, first + 99);
            return true;
        }

        range = default;
        var dash = text.IndexOf('-');
        if (!TryCode(dash < 0 ? text : text[..dash], out var from) || !TryCode(text[(dash + 1)..], out var to) || from > to) return false;
        range = new StatusRange(from, to);
        return true;
    }

    private static bool TryCode(ReadOnlySpan<char> text, out int code) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out code) && code is >= MinStatus and <= MaxStatus;
}
