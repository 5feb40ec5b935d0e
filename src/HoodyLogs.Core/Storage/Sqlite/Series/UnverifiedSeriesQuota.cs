namespace HoodyLogs.Storage.Sqlite.Series;

/// <summary>
/// The room of the catalogue that scopes have which nobody verified (<see cref="LogRecord.IsScopeUnverified"/>): half of it together, so that names which a
/// client invents cannot use up the room of others. Each scope reserves a few series when it first appears, so that what it logs later, its first error
/// for instance, has room even when the share is full.
/// </summary>
/// <param name="maxSeries">How many series there may be in all.</param>
internal sealed class UnverifiedSeriesQuota(int maxSeries)
{
    /// <summary>So many series are reserved for each scope.</summary>
    public const int ReservedPerScope = 16;

    // Of those, so many are kept for series without a method. There are hardly more: shapes times levels.
    private const int ReservedWithoutMethod = 12;

    private readonly int _limit = maxSeries / 2;
    private readonly Dictionary<(string?, string?, string?), Scope> _scopes = [];
    private readonly HashSet<int> _numbers = [];

    /// <summary>How many series are in use or reserved.</summary>
    public int Reserved { get; private set; }

    /// <summary>How many series there are.</summary>
    public int Count => _numbers.Count;

    /// <summary>Takes room for a new series.</summary>
    /// <param name="key">The series.</param>
    /// <param name="room">How many series all unverified scopes may have because of what verified ones have.</param>
    public bool TryReserve(in SeriesKey key, int room)
    {
        room = Math.Min(_limit, room);
        if (!_scopes.TryGetValue(ScopeOf(key), out var scope))
        {
            if (Reserved + ReservedPerScope > room) return false;
            _scopes.Add(ScopeOf(key), scope = new Scope());
            Reserved += ReservedPerScope;
        }

        if (scope.TryUseReserved(key)) return true;
        if (Reserved >= room) return false;
        Reserved++;
        scope.Further++;
        return true;
    }

    /// <summary>Notes the series for which room was taken.</summary>
    public void Add(int number) => _numbers.Add(number);

    /// <summary>Notes a series that the file holds, whatever room is left.</summary>
    public void Load(LogSeries series)
    {
        if (!_scopes.TryGetValue(ScopeOf(series.Key), out var scope))
        {
            _scopes.Add(ScopeOf(series.Key), scope = new Scope());
            Reserved += ReservedPerScope;
        }

        if (!scope.TryUseReserved(series.Key))
        {
            scope.Further++;
            Reserved++;
        }

        Add(series.Number);
    }

    /// <summary>Whether a series has its room here.</summary>
    public bool Contains(int number) => _numbers.Contains(number);

    /// <summary>Gives back the room of a series that is gone; what its scope reserved goes with its last one.</summary>
    public void Release(LogSeries series)
    {
        if (!_numbers.Remove(series.Number) || !_scopes.TryGetValue(ScopeOf(series.Key), out var scope)) return;
        if (scope.Further > 0)
        {
            scope.Further--;
            Reserved--;
        }
        else
        {
            scope.GiveBack(series.Key);
        }

        if (!scope.IsEmpty) return;
        Reserved -= ReservedPerScope;
        _scopes.Remove(ScopeOf(series.Key));
    }

    private static (string?, string?, string?) ScopeOf(in SeriesKey key) => (key.ProjectId, key.ContainerId, key.ServiceName);

    private sealed class Scope
    {
        private int _withMethod;
        private int _withoutMethod;

        /// <summary>Series beyond those that were reserved.</summary>
        public int Further { get; set; }

        public bool IsEmpty => _withMethod + _withoutMethod + Further <= 0;

        public bool TryUseReserved(in SeriesKey key)
        {
            ref var used = ref key.Method is null ? ref _withoutMethod : ref _withMethod;
            if (used >= (key.Method is null ? ReservedWithoutMethod : ReservedPerScope - ReservedWithoutMethod)) return false;
            used++;
            return true;
        }

        public void GiveBack(in SeriesKey key)
        {
            ref var used = ref key.Method is null ? ref _withoutMethod : ref _withMethod;
            if (used == 0) used = ref key.Method is null ? ref _withMethod : ref _withoutMethod;
            used--;
        }
    }
}
