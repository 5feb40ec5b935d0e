namespace HoodyLogs.Storage.Sqlite.Series;

/// <summary>
/// Limits the series of unverified scopes (<see cref="LogRecord.IsScopeUnverified"/>) to half of the catalogue. Names that a client invents then cannot
/// displace other scopes. The first series of a scope reserves a few more. So there is room for its later series, for example for its first error, even
/// if the quota is used up.
/// </summary>
/// <param name="maxSeries">The maximum number of all series.</param>
internal sealed class UnverifiedSeriesQuota(int maxSeries)
{
    /// <summary>The number of series that are reserved for each scope.</summary>
    public const int ReservedPerScope = 16;

    // The part of the reserved series for keys without a method. A scope hardly needs more: there is one for each shape and level.
    private const int ReservedWithoutMethod = 12;

    private readonly int _limit = maxSeries / 2;
    private readonly Dictionary<(string?, string?, string?), Scope> _scopes = [];
    private readonly HashSet<int> _numbers = [];

    /// <summary>The number of series in use or reserved.</summary>
    public int Reserved { get; private set; }

    /// <summary>The number of series in use.</summary>
    public int Count => _numbers.Count;

    /// <summary>Reserves room for a new series.</summary>
    /// <param name="key">The key of the series.</param>
    /// <param name="room">The number of series that verified scopes leave to unverified ones.</param>
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
        scope.Additional++;
        return true;
    }

    /// <summary>Adds a series for which room was reserved.</summary>
    public void Add(int number) => _numbers.Add(number);

    /// <summary>Adds a series of the file, even if the quota is used up.</summary>
    public void Load(LogSeries series)
    {
        if (!_scopes.TryGetValue(ScopeOf(series.Key), out var scope))
        {
            _scopes.Add(ScopeOf(series.Key), scope = new Scope());
            Reserved += ReservedPerScope;
        }

        if (!scope.TryUseReserved(series.Key))
        {
            scope.Additional++;
            Reserved++;
        }

        Add(series.Number);
    }

    /// <summary>Returns whether the series counts towards this quota.</summary>
    public bool Contains(int number) => _numbers.Contains(number);

    /// <summary>Releases the room of a removed series. The last series of a scope also releases the rest of its reservation.</summary>
    public void Release(LogSeries series)
    {
        if (!_numbers.Remove(series.Number) || !_scopes.TryGetValue(ScopeOf(series.Key), out var scope)) return;
        if (scope.Additional > 0)
        {
            scope.Additional--;
            Reserved--;
        }
        else
        {
            scope.ReleaseReserved(series.Key);
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

        /// <summary>The number of series in addition to the reserved ones.</summary>
        public int Additional { get; set; }

        public bool IsEmpty => _withMethod + _withoutMethod + Additional <= 0;

        public bool TryUseReserved(in SeriesKey key)
        {
            ref var used = ref key.Method is null ? ref _withoutMethod : ref _withMethod;
            if (used >= (key.Method is null ? ReservedWithoutMethod : ReservedPerScope - ReservedWithoutMethod)) return false;
            used++;
            return true;
        }

        public void ReleaseReserved(in SeriesKey key)
        {
            ref var used = ref key.Method is null ? ref _withoutMethod : ref _withMethod;
            if (used == 0) used = ref key.Method is null ? ref _withMethod : ref _withoutMethod;
            used--;
        }
    }
}
