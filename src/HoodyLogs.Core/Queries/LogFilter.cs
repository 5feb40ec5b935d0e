using System.Collections.Frozen;
using System.Text;
using HoodyLogs.Entries;
using HoodyLogs.Queries;

namespace HoodyLogs;

/// <summary>
/// Which entries are wanted: one filter for list, stats and tail (decision L6). Empty sets and nulls admit everything. Immutable.
/// </summary>
public sealed record LogFilter
{
    private static readonly FrozenSet<string> Anything = FrozenSet<string>.Empty;
    private const int StatusBits = 1024; // more than any status code

    private readonly byte[] _traceId = [];
    private readonly byte[] _traceIdInOtherForm = [];
    private readonly ulong[] _statuses = [];
    private readonly UrlMatcher? _urlText;

    /// <summary>Admits everything.</summary>
    public static LogFilter None { get; } = new();

    /// <summary>Any of these levels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of them does not exist.</exception>
    public IReadOnlyCollection<EntryLevel> Levels
    {
        get;
        init => field = Known(value, static one => one <= EntryLevel.Error, nameof(Levels));
    } = [];

    /// <summary>Any of these kinds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of them does not exist.</exception>
    public IReadOnlyCollection<EntryKind> Kinds
    {
        get;
        init => field = Known(value, static one => one <= EntryKind.Event, nameof(Kinds));
    } = [];

    /// <summary>Any of these sources.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of them does not exist.</exception>
    public IReadOnlyCollection<EntrySource> Sources
    {
        get;
        init => field = Known(value, static one => one <= EntrySource.Edge, nameof(Sources));
    } = [];

    /// <summary>Any of these methods, in upper case.</summary>
    public FrozenSet<string> Methods
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Methods));
    } = Anything;

    /// <summary>Any of these services; ordinal.</summary>
    public FrozenSet<string> ServiceNames
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(ServiceNames));
    } = Anything;

    /// <summary>Any of these projects; ordinal.</summary>
    public FrozenSet<string> ProjectIds
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(ProjectIds));
    } = Anything;

    /// <summary>Any of these containers; ordinal, a UUID in either case.</summary>
    public FrozenSet<string> ContainerIds
    {
        get;
        init => field = Entries.ContainerIds.Canonical(value);
    } = Anything;

    /// <summary>This trace id; null for any. Case counts. A UUID and its 32 hex digits without hyphens are the same.</summary>
    public string? TraceId
    {
        get;
        init
        {
            field = value;
            _traceId = value is null ? [] : Encoding.UTF8.GetBytes(value);
            _traceIdInOtherForm = OtherForm(value);
        }
    }

    /// <summary>Any of these ranges of status codes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of them is no range.</exception>
    public IReadOnlyList<StatusRange> Statuses
    {
        get;
        init
        {
            field = value.All(range => range.IsValid)
                ? value
                : throw new ArgumentOutOfRangeException(nameof(Statuses), "Statuses takes ranges from 100 to 599.");
            _statuses = BitsOf(value);
        }
    } = [];

    /// <summary>The earliest <c>tsMs</c>, included; null for any.</summary>
    public long? FromMs { get; init; }

    /// <summary>The <c>tsMs</c> before which entries must be, excluded; null for any.</summary>
    public long? ToMs { get; init; }

    /// <summary>
    /// Text that the url contains, ignoring the case of all letters; null for any. The url is searched as it is written, and as it reads without
    /// percent-encoding, where a plus in the query is a blank.
    /// </summary>
    public string? UrlText
    {
        get;
        init
        {
            field = value;
            _urlText = value is null ? null : new UrlMatcher(value);
        }
    }

    /// <summary>Whether a record must be looked at to know if it matches; otherwise its series says all (decision L4).</summary>
    public bool RequiresScan => TraceId is not null || Statuses.Count > 0 || FromMs is not null || ToMs is not null || UrlText is not null;

    /// <summary>Whether nothing is filtered out, so that no entry need be looked at.</summary>
    internal bool MatchesEverything =>
        !RequiresScan && Levels.Count == 0 && Kinds.Count == 0 && Sources.Count == 0 && Methods.Count == 0 && ServiceNames.Count == 0
        && ProjectIds.Count == 0 && ContainerIds.Count == 0;

    /// <summary>The faces of this series' records that the scope admits and this filter wants, as far as the series can tell.</summary>
    /// <param name="scope">What the caller may see.</param>
    /// <param name="series">The series.</param>
    public RecordParts PartsOf(LogScope scope, LogSeries series)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(series);
        var key = series.Key;
        if (!scope.Admits(key)) return RecordParts.None;
        if (Levels.Count > 0 && !Levels.Contains(key.Level)) return RecordParts.None;
        if (Sources.Count > 0 && !Sources.Contains(key.Source)) return RecordParts.None;
        if (!Admits(Methods, key.Method) || !Admits(ServiceNames, key.ServiceName)) return RecordParts.None;
        if (!Admits(ProjectIds, key.ProjectId) || !Admits(ContainerIds, key.ContainerId)) return RecordParts.None;
        if (Kinds.Count == 0) return series.Parts;
        var faces = RecordParts.None;
        if (Kinds.Contains(series.KindOf(RecordParts.First))) faces |= RecordParts.First;
        if (series.Parts == RecordParts.Both && Kinds.Contains(EntryKind.Response)) faces |= RecordParts.Second;
        return faces;
    }

    /// <summary>Whether an entry of an admitted face meets the conditions that only the record can tell (<see cref="RequiresScan"/>).</summary>
    /// <param name="entry">The entry.</param>
    public bool Matches(in LogEntryView entry) => MatchesTime(entry) && MatchesRecord(entry);

    /// <summary>The part of <see cref="Matches"/> that may differ between the two faces of a record.</summary>
    internal bool MatchesTime(in LogEntryView entry)
    {
        var time = entry.EntryTimeMs;
        return !(time < FromMs || time >= ToMs);
    }

    /// <summary>The part of <see cref="Matches"/> that is the same for both faces of a record.</summary>
    internal bool MatchesRecord(in LogEntryView entry)
    {
        if (_statuses.Length > 0 && !HasStatus(entry.Status)) return false;
        if (TraceId is not null && !HasTraceId(entry.TraceId)) return false;
        return _urlText is null || _urlText.IsIn(entry.Url);
    }

    private bool HasTraceId(ReadOnlySpan<byte> traceId) =>
        traceId.SequenceEqual(_traceId) || (_traceIdInOtherForm.Length > 0 && traceId.SequenceEqual(_traceIdInOtherForm));

    /// <summary>A UUID without its hyphens, or with them; empty for any other text.</summary>
    private static byte[] OtherForm(string? traceId)
    {
        const string Hyphens = "D", Digits = "N";
        foreach (var (form, other) in new[] { (Hyphens, Digits), (Digits, Hyphens) })
        {
            if (Guid.TryParseExact(traceId, form, out var id) && id.ToString(form) == traceId) return Encoding.UTF8.GetBytes(id.ToString(other));
        }

        return [];
    }

    private bool HasStatus(int status) => status is >= 0 and < StatusBits && (_statuses[status / 64] & (1UL << (status % 64))) != 0;

    private static ulong[] BitsOf(IReadOnlyList<StatusRange> ranges)
    {
        if (ranges.Count == 0) return [];
        var bits = new ulong[StatusBits / 64];
        foreach (var (from, to) in ranges)
        {
            for (var status = Math.Max(0, from); status <= Math.Min(to, StatusBits - 1); status++) bits[status / 64] |= 1UL << (status % 64);
        }

        return bits;
    }

    private static IReadOnlyCollection<T> Known<T>(IReadOnlyCollection<T> values, Predicate<T> isKnown, string member)
        where T : struct, Enum
    {
        ArgumentNullException.ThrowIfNull(values, member);
        foreach (var value in values) RecordValidation.Known(isKnown(value), value, member);
        return values;
    }

    private static bool Admits(FrozenSet<string> wanted, string? value) => wanted.Count == 0 || (value is not null && wanted.Contains(value));
}
