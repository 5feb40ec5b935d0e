using System.Collections.Frozen;
using System.Text;
using HoodyLogs.Entries;
using HoodyLogs.Queries;

namespace HoodyLogs;

/// <summary>
/// Selects entries by their fields. Lists, statistics and tails use the same filter. Empty collections and nulls match everything. Immutable.
/// </summary>
public sealed record LogFilter
{
    private static readonly FrozenSet<string> AnyValue = FrozenSet<string>.Empty;
    private const int StatusBits = 1024; // more than any status code

    private readonly byte[] _traceId = [];
    private readonly byte[] _alternativeTraceId = [];
    private readonly ulong[] _statuses = [];
    private readonly UrlMatcher? _urlText;

    /// <summary>Matches every entry.</summary>
    public static LogFilter All { get; } = new();

    /// <summary>Matches any of these levels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is not defined.</exception>
    public IReadOnlyCollection<EntryLevel> Levels
    {
        get;
        init => field = Known(value, static value => value <= EntryLevel.Error, nameof(Levels));
    } = [];

    /// <summary>Matches any of these kinds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is not defined.</exception>
    public IReadOnlyCollection<EntryKind> Kinds
    {
        get;
        init => field = Known(value, static value => value <= EntryKind.Event, nameof(Kinds));
    } = [];

    /// <summary>Matches any of these sources.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is not defined.</exception>
    public IReadOnlyCollection<EntrySource> Sources
    {
        get;
        init => field = Known(value, static value => value <= EntrySource.Edge, nameof(Sources));
    } = [];

    /// <summary>Matches any of these methods. Give them in upper case.</summary>
    public FrozenSet<string> Methods
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Methods));
    } = AnyValue;

    /// <summary>Matches any of these services. Case-sensitive.</summary>
    public FrozenSet<string> ServiceNames
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(ServiceNames));
    } = AnyValue;

    /// <summary>Matches any of these projects. Case-sensitive.</summary>
    public FrozenSet<string> ProjectIds
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(ProjectIds));
    } = AnyValue;

    /// <summary>Matches any of these containers. Case-sensitive, except for UUIDs.</summary>
    public FrozenSet<string> ContainerIds
    {
        get;
        init => field = Entries.ContainerIds.Canonical(value);
    } = AnyValue;

    /// <summary>Matches this trace id; null for all. Case-sensitive. A UUID and its 32 hex digits without hyphens are equal.</summary>
    public string? TraceId
    {
        get;
        init
        {
            field = value;
            _traceId = value is null ? [] : Encoding.UTF8.GetBytes(value);
            _alternativeTraceId = AlternativeForm(value);
        }
    }

    /// <summary>Matches any of these ranges of HTTP statuses.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A range is not valid.</exception>
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

    /// <summary>Matches entries at or after this <c>tsMs</c>; null for all.</summary>
    public long? FromMs { get; init; }

    /// <summary>Matches entries before this <c>tsMs</c>; null for all.</summary>
    public long? ToMs { get; init; }

    /// <summary>
    /// Matches URLs that contain this text; null for all. Case is ignored. The URL is searched as it is written, and without percent-encoding. In the
    /// decoded query a plus is a space.
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

    /// <summary>Whether the filter must read records. Otherwise the series alone decides whether a record matches.</summary>
    public bool RequiresScan => TraceId is not null || Statuses.Count > 0 || FromMs is not null || ToMs is not null || UrlText is not null;

    /// <summary>Whether the filter matches every entry, so that none must be read.</summary>
    internal bool MatchesEverything =>
        !RequiresScan && Levels.Count == 0 && Kinds.Count == 0 && Sources.Count == 0 && Methods.Count == 0 && ServiceNames.Count == 0
        && ProjectIds.Count == 0 && ContainerIds.Count == 0;

    /// <summary>Returns which entries of this series' records are in the scope and can match. The filter may still need to read them.</summary>
    /// <param name="scope">The scope of the caller.</param>
    /// <param name="series">The series.</param>
    public RecordParts PartsOf(LogScope scope, LogSeries series)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(series);
        var key = series.Key;
        if (!scope.Includes(key)) return RecordParts.None;
        if (Levels.Count > 0 && !Levels.Contains(key.Level)) return RecordParts.None;
        if (Sources.Count > 0 && !Sources.Contains(key.Source)) return RecordParts.None;
        if (!Admits(Methods, key.Method) || !Admits(ServiceNames, key.ServiceName)) return RecordParts.None;
        if (!Admits(ProjectIds, key.ProjectId) || !Admits(ContainerIds, key.ContainerId)) return RecordParts.None;
        if (Kinds.Count == 0) return series.Parts;
        var parts = RecordParts.None;
        if (Kinds.Contains(series.KindOf(RecordParts.First))) parts |= RecordParts.First;
        if (series.Parts == RecordParts.Both && Kinds.Contains(EntryKind.Response)) parts |= RecordParts.Second;
        return parts;
    }

    /// <summary>Returns whether an entry matches the conditions that need the record (see <see cref="RequiresScan"/>).</summary>
    /// <param name="entry">The entry.</param>
    public bool Matches(in LogEntryView entry) => MatchesTime(entry) && MatchesRecord(entry);

    /// <summary>The part of <see cref="Matches"/> that can differ between the two entries of a record.</summary>
    internal bool MatchesTime(in LogEntryView entry)
    {
        var time = entry.EntryTimeMs;
        return !(time < FromMs || time >= ToMs);
    }

    /// <summary>The part of <see cref="Matches"/> that is the same for both entries of a record.</summary>
    internal bool MatchesRecord(in LogEntryView entry)
    {
        if (_statuses.Length > 0 && !HasStatus(entry.Status)) return false;
        if (TraceId is not null && !HasTraceId(entry.TraceId)) return false;
        return _urlText is null || _urlText.IsIn(entry.Url);
    }

    private bool HasTraceId(ReadOnlySpan<byte> traceId) =>
        traceId.SequenceEqual(_traceId) || (_alternativeTraceId.Length > 0 && traceId.SequenceEqual(_alternativeTraceId));

    /// <summary>Returns a UUID without hyphens, or 32 hex digits with hyphens. Returns nothing for other text.</summary>
    private static byte[] AlternativeForm(string? traceId)
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
