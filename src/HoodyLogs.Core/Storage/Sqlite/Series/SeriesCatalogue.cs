using HoodyLogs.Entries;

namespace HoodyLogs.Storage.Sqlite.Series;

/// <summary>
/// The writer's catalogue of series, by key and by number. Clients influence the keys, so the number of series is limited. Until the process restarts,
/// the number of a removed series is not used for another one.
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

    // By series number, deleted series included.
    private byte[] _entriesPerRow = new byte[64];

    // For each series, the number of sealed segments whose index refers to it.
    private int[] _references = new int[64];

    /// <summary>The series by number. Null if it is not live. Snapshots share the array, so setting an element to null requires a copy.</summary>
    public LogSeries?[] ByNumber { get; private set; } = new LogSeries?[64];

    public int Count { get; private set; }

    /// <summary>The series that were added since the last commit.</summary>
    public IReadOnlyList<LogSeries> Unsaved => _unsaved;

    /// <summary>The series of deleted scopes whose rows are not purged yet.</summary>
    public IReadOnlyCollection<int> Tombstoned => _tombstoned;

    /// <summary>The number of records that were stored as unscoped, because an id was too long or the catalogue was full.</summary>
    public long UnscopedRecords { get; private set; }

    /// <summary>Loads the series of a file. Unused numbers become available again.</summary>
    public void Load(IEnumerable<StoredSeries> stored)
    {
        foreach (var (number, key, state, isUnverified) in stored)
        {
            var series = new LogSeries(number, Intern(key));
            for (; Count < series.Number; Count++) _freeNumbers.Enqueue(Count);
            Place(series);
            if (state == SeriesState.Live)
            {
                // Keys that differed only in invalid Unicode have become equal. The first one is used.
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

    /// <summary>Returns whether the series belongs to an unverified scope.</summary>
    public bool IsUnverified(LogSeries series) => _unverified.Contains(series.Number);

    /// <summary>Returns the number of entries of each row of a series. Also works for deleted series.</summary>
    public int EntriesPerRow(int number) => number < _entriesPerRow.Length ? _entriesPerRow[number] : 1;

    public void MarkSaved() => _unsaved.Clear();

    /// <summary>Returns the live series of a scope.</summary>
    public List<LogSeries> FindByScope(LogScope scope) => [.. ByNumber.OfType<LogSeries>().Where(series => scope.Includes(series.Key))];

    /// <summary>Hides series permanently. Later records with the same keys get new series.</summary>
    public void Tombstone(List<LogSeries> tombstoned)
    {
        ByNumber = [.. ByNumber];
        foreach (var series in tombstoned)
        {
            ByNumber[series.Number] = null;
            RemoveKey(series);
            _tombstoned.Add(series.Number);
        }
    }

    /// <summary>Records that the rows of these tombstoned series are removed.</summary>
    public void MarkPurged(IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
        {
            _tombstoned.Remove(number);
            _purged.Add(number);
        }
    }

    /// <summary>Counts the references of a sealed segment to its series.</summary>
    public void AddReferences(int[] numbers)
    {
        foreach (var number in numbers) ReferencesTo(number)++;
    }

    /// <summary>Returns the series that only this segment refers to. Excludes series whose rows are not purged yet.</summary>
    public List<int> FindUnreferencedWithout(int[] numbers) => [.. numbers.Where(number => ReferencesTo(number) == 1 && !_tombstoned.Contains(number))];

    /// <summary>Returns the series that no sealed segment refers to.</summary>
    public List<int> FindUnreferenced() =>
        [.. ByNumber.OfType<LogSeries>().Select(series => series.Number).Concat(_purged).Where(number => ReferencesTo(number) == 0)];

    public void RemoveReferences(int[] numbers)
    {
        foreach (var number in numbers) ReferencesTo(number)--;
    }

    /// <summary>Removes series that nothing in the file refers to.</summary>
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

    /// <summary>Returns a series for an unverified scope. If the quota is used up, returns one without the method. Null if there is no room for that either.</summary>
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

    // Equal names share one string. That makes comparisons cheap, and StatsReader counts names by reference.
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

/// <summary>A series as it is stored in the file.</summary>
internal readonly record struct StoredSeries(int Number, SeriesKey Key, SeriesState State, bool IsUnverified);

/// <summary>The state of a series, as stored in the column <c>state</c>.</summary>
internal enum SeriesState
{
    /// <summary>Its rows are visible.</summary>
    Live,

    /// <summary>Its scope was deleted. Rows can remain.</summary>
    Tombstoned,

    /// <summary>Its scope was deleted and its rows are removed. Segment indexes still refer to it.</summary>
    Purged,
}
