using HoodyLogs.Entries;

namespace HoodyLogs.Storage.Sqlite.Series;

/// <summary>
/// The series by key and by number: the writer's side. Clients choose some of what makes a series, so their number is bounded. A number is not given
/// to another series before the next start of the process.
/// </summary>
internal sealed class SeriesCatalogue(int maxSeries)
{
    private const int MaxIdLength = 128;

    private readonly Dictionary<SeriesKey, LogSeries> _live = [];
    private readonly HashSet<int> _tombstoned = [];
    private readonly HashSet<int> _purged = [];
    private readonly Queue<int> _freeNumbers = [];
    private readonly List<LogSeries> _unsaved = [];
    private readonly UnverifiedSeriesQuota _unverified = new(maxSeries);
    private HashSet<string> _internedNames = [];

    // By number, retired series included.
    private byte[] _entriesPerRow = new byte[64];

    // How many sealed segments name a series in their index.
    private int[] _references = new int[64];

    /// <summary>By number, null where there is no live series; shared with the views of readers, so a slot that was filled once is emptied only in a copy.</summary>
    public LogSeries?[] ByNumber { get; private set; } = new LogSeries?[64];

    public int Count { get; private set; }

    /// <summary>Series that are new since the last commit.</summary>
    public IReadOnlyList<LogSeries> Unsaved => _unsaved;

    /// <summary>Series that were destroyed and whose rows are still to be removed.</summary>
    public IReadOnlyCollection<int> Tombstoned => _tombstoned;

    /// <summary>Records stored with unknown scope because an id was too long or the catalogue full.</summary>
    public long UnscopedRecords { get; private set; }

    /// <summary>Takes up what a file holds. Numbers that nothing in it names are free again.</summary>
    public void Load(IEnumerable<StoredSeries> stored)
    {
        foreach (var (number, key, state, isUnverified) in stored)
        {
            var series = new LogSeries(number, Intern(key));
            for (; Count < series.Number; Count++) _freeNumbers.Enqueue(Count);
            Place(series);
            if (state == SeriesState.Live)
            {
                // Texts that differed only in what is no Unicode have become the same.
                if (_live.TryAdd(series.Key, series) && isUnverified) _unverified.Load(series);
                continue;
            }

            ByNumber[series.Number] = null;
            (state == SeriesState.Tombstoned ? _tombstoned : _purged).Add(series.Number);
        }
    }

    public LogSeries GetOrAdd(LogRecord record)
    {
        var key = record.Key;
        if (_live.TryGetValue(key, out var series)) return series;
        if (IsTooLong(key.ProjectId) || IsTooLong(key.ContainerId) || IsTooLong(key.ServiceName)) return GetOrAddUnscoped(key);
        if (record.IsScopeUnverified && (key.ProjectId ?? key.ContainerId ?? key.ServiceName) is not null) return GetOrAddUnverified(key) ?? GetOrAddUnscoped(key);
        return VerifiedCount + _unverified.Reserved >= maxSeries ? GetOrAddUnscoped(key) : Add(key);
    }

    /// <summary>Whether a series belongs to a scope that nobody verified.</summary>
    public bool IsUnverified(LogSeries series) => _unverified.Contains(series.Number);

    /// <summary>How many entries a row of the series is worth, destroyed or not.</summary>
    public int EntriesPerRow(int number) => number < _entriesPerRow.Length ? _entriesPerRow[number] : 1;

    public void MarkSaved() => _unsaved.Clear();

    /// <summary>The live series of a scope.</summary>
    public List<LogSeries> FindByScope(LogScope scope) => [.. ByNumber.OfType<LogSeries>().Where(series => scope.Admits(series.Key))];

    /// <summary>Hides series for good: a later record with the same key gets a new one.</summary>
    public void Tombstone(List<LogSeries> retired)
    {
        ByNumber = [.. ByNumber];
        foreach (var series in retired)
        {
            ByNumber[series.Number] = null;
            RemoveKey(series);
            _tombstoned.Add(series.Number);
        }
    }

    /// <summary>The rows of these retired series are gone.</summary>
    public void MarkPurged(IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
        {
            _tombstoned.Remove(number);
            _purged.Add(number);
        }
    }

    /// <summary>A segment with these series was sealed (or found at the start).</summary>
    public void AddReferences(int[] numbers)
    {
        foreach (var number in numbers) ReferencesTo(number)++;
    }

    /// <summary>A segment with these series is gone: those that no other one names, and that do not wait for rows to be removed.</summary>
    public List<int> FindUnreferencedWithout(int[] numbers) => [.. numbers.Where(number => ReferencesTo(number) == 1 && !_tombstoned.Contains(number))];

    /// <summary>All series that no sealed segment names.</summary>
    public List<int> FindUnreferenced() =>
        [.. ByNumber.OfType<LogSeries>().Select(series => series.Number).Concat(_purged).Where(number => ReferencesTo(number) == 0)];

    public void RemoveReferences(int[] numbers)
    {
        foreach (var number in numbers) ReferencesTo(number)--;
    }

    /// <summary>Forgets series that nothing in the file names any more.</summary>
    public void Remove(List<int> numbers)
    {
        if (numbers.Count == 0) return;
        ByNumber = [.. ByNumber];
        foreach (var number in numbers)
        {
            if (ByNumber[number] is { } series) RemoveKey(series);
            ByNumber[number] = null;
            _purged.Remove(number);
        }

        _internedNames = [];
        foreach (var series in _live.Values) Intern(series.Key);
    }

    private int VerifiedCount => _live.Count - _unverified.Count;

    /// <summary>The series of a scope that nobody verified; without its method where there is no room for that; null where there is none at all.</summary>
    private LogSeries? GetOrAddUnverified(SeriesKey key)
    {
        if (!_unverified.TryReserve(key, maxSeries - VerifiedCount))
        {
            key = key with { Method = null };
            if (_live.TryGetValue(key, out var known)) return known;
            if (!_unverified.TryReserve(key, maxSeries - VerifiedCount)) return null;
        }

        var series = Add(key);
        _unverified.Add(series.Number);
        return series;
    }

    private LogSeries GetOrAddUnscoped(in SeriesKey key)
    {
        UnscopedRecords++;
        var unknown = WithoutScope(key);
        return _live.TryGetValue(unknown, out var series) ? series : Add(unknown);
    }

    private static bool IsTooLong(string? id) => id?.Length > MaxIdLength;

    private static SeriesKey WithoutScope(in SeriesKey key) => key with
    {
        ProjectId = null,
        ContainerId = null,
        ServiceName = null,
        Method = key.Method is null ? null : WellKnownMethods.Find(key.Method),
    };

    // One string for each name makes comparing and counting by names cheap (StatsReader counts by reference).
    private SeriesKey Intern(in SeriesKey key)
    {
        return key with
        {
            Method = Name(key.Method),
            ProjectId = Name(key.ProjectId),
            ContainerId = Name(key.ContainerId),
            ServiceName = Name(key.ServiceName),
        };

        string? Name(string? name)
        {
            if (name is null) return null;
            if (_internedNames.TryGetValue(name, out var known)) return known;
            _internedNames.Add(name);
            return name;
        }
    }

    private void RemoveKey(LogSeries series)
    {
        if (!_live.TryGetValue(series.Key, out var live) || live != series) return;
        _live.Remove(series.Key);
        _unverified.Release(series);
    }

    private LogSeries Add(in SeriesKey key)
    {
        var series = new LogSeries(_freeNumbers.TryDequeue(out var free) ? free : Count, Intern(key));
        Place(series);
        _live.Add(key, series);
        _unsaved.Add(series);
        return series;
    }

    private void Place(LogSeries series)
    {
        if (series.Number >= ByNumber.Length)
        {
            var longer = new LogSeries?[Math.Max(ByNumber.Length * 2, series.Number + 1)];
            ByNumber.CopyTo(longer, 0);
            ByNumber = longer;
            Array.Resize(ref _entriesPerRow, longer.Length);
        }

        ByNumber[series.Number] = series;
        _entriesPerRow[series.Number] = (byte)series.EntriesPerRecord;
        Count = Math.Max(Count, series.Number + 1);
    }

    private ref int ReferencesTo(int number)
    {
        if (number >= _references.Length) Array.Resize(ref _references, Math.Max(_references.Length * 2, number + 1));
        return ref _references[number];
    }
}

/// <summary>A series as the file holds it.</summary>
internal readonly record struct StoredSeries(int Number, SeriesKey Key, SeriesState State, bool IsUnverified);

/// <summary>What has become of a series, as the column <c>state</c> holds it.</summary>
internal enum SeriesState
{
    /// <summary>Its rows are visible.</summary>
    Live,

    /// <summary>Its scope was destroyed; rows may be left.</summary>
    Tombstoned,

    /// <summary>Its scope was destroyed and its rows are gone, but indexes of segments still name it.</summary>
    Purged,
}
