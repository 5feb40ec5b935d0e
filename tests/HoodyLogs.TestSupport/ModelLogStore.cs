using HoodyLogs.Entries;

namespace HoodyLogs.TestSupport;

/// <summary>
/// A simple implementation of <see cref="ILogStore"/> in memory, to which real stores are compared. It counts by reading every record, so it is only for
/// small tests.
/// </summary>
public sealed class ModelLogStore(TimeProvider time, long firstId = 1) : ILogStore
{
    private readonly Lock _lock = new();
    private readonly List<Row> _rows = [];
    private readonly Dictionary<SeriesKey, LogSeries> _series = [];
    private long _nextId = firstId;
    private long _lastIngested;

    public long LastId { get; private set; } = firstId - 1;

    public long LastIdBeforeStart { get; } = firstId - 1;

    public long FirstVisibleId { get; private set; } = 1;

    /// <summary>Makes every append fail, as a full disk does.</summary>
    public Exception? AppendFailure { get; set; }

    /// <summary>Makes every read fail, as a broken disk does.</summary>
    public Exception? ReadFailure { get; set; }

    /// <summary>Runs after each page, so that a test can change the store between two reads.</summary>
    public Action? AfterRead { get; set; }

    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public int AssignIds(IReadOnlyList<LogRecord> batch)
    {
        lock (_lock)
        {
            foreach (var record in batch)
            {
                if (record.Id != 0) continue;
                if (!_series.TryGetValue(record.Key, out var series)) _series.Add(record.Key, series = new LogSeries(_series.Count, record.Key));
                _lastIngested = Math.Max(_lastIngested + 1, time.GetUtcNow().ToUnixTimeMilliseconds() * 1000);
                record.AssignIds(_nextId, _lastIngested, series);
                _nextId += record.EntryCount;
            }
        }

        return batch.Count;
    }

    public ValueTask AppendAsync(IReadOnlyList<LogRecord> batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            AssignIds(batch);
            if (AppendFailure is { } failure) throw new LogStoreException("The test makes the model fail.", failure);
            foreach (var record in batch) _rows.Add(new Row(record, record.RequestBody, record.ResponseBody));
            if (batch.Count > 0) LastId = batch[^1].LastId;
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Removes all entries with smaller ids, as retention does.</summary>
    public void DropBefore(long id)
    {
        lock (_lock)
        {
            _rows.RemoveAll(row => row.Record.LastId < id);
            FirstVisibleId = Math.Max(FirstVisibleId, id);
        }
    }

    public ValueTask<LogPage> ReadAsync(LogScope scope, LogQuery query, LogEntryVisitor visitor, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (ReadFailure is { } failure) throw new LogStoreException("The test makes the model fail.", failure);
        var page = Read(scope, query, visitor);
        AfterRead?.Invoke();
        return ValueTask.FromResult(page);
    }

    private LogPage Read(LogScope scope, LogQuery query, LogEntryVisitor visitor)
    {
        lock (_lock)
        {
            var matching = Faces(scope, query.Filter).ToList();
            var inRange = matching
                .Where(face => face.Id > (query.AfterId ?? 0) && face.Id < (query.BeforeId ?? long.MaxValue))
                .OrderBy(face => query.Descending ? -face.Id : face.Id).ToList();
            var beforeLast = query.Last is { } last ? Math.Max(0, inRange.Count - last) : 0;
            long bytes = 0;
            var count = 0;
            long lastShown = 0;
            var more = false;
            foreach (var face in inRange.Skip(beforeLast).Skip((int)Math.Min(query.Offset, int.MaxValue)).Take(query.Limit))
            {
                if (bytes > query.MaxBytes)
                {
                    more = true;
                    break;
                }

                bytes += face.Show(scope, visitor, query.IncludeRequestBody, query.IncludeResponseBody);
                count++;
                lastShown = face.Id;
            }

            return new LogPage
            {
                Count = count,
                Total = query.CountTotal ? matching.Count : 0,
                HasMore = more,
                LastReturnedId = lastShown,
                MatchesBeforeLast = query.Last is { } wanted ? Math.Max(0, matching.Count - wanted) : 0,
            };
        }
    }

    public ValueTask<bool> FindAsync(LogScope scope, long id, LogEntryVisitor visitor, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var found = Faces(scope, LogFilter.All).Where(face => face.Id == id).Take(1).ToList();
            found.ForEach(face => face.Show(scope, visitor, true, true));
            return ValueTask.FromResult(found.Count > 0);
        }
    }

    public ValueTask<LogStats> GetStatsAsync(LogScope scope, LogFilter filter, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var keys = Faces(scope, filter).Select(face => face.Row.Record.Key).ToList();
            return ValueTask.FromResult(new LogStats
            {
                Total = keys.Count,
                ByLevel = Enum.GetValues<EntryLevel>().ToDictionary(level => level, level => keys.LongCount(key => key.Level == level)),
                ByProject = CountBy(keys, key => key.ProjectId),
                ByContainer = CountBy(keys, key => key.ContainerId),
                ByService = CountBy(keys, key => key.ServiceName),
            });
        }
    }

    public ValueTask<TunnelPage?> ReadTunnelAsync(LogScope scope, TunnelQuery query, LogEntryVisitor visitor, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var all = Faces(scope, LogFilter.All)
                .Where(face => Guid.TryParseExact(face.Row.Record.ContainerId, "D", out var id) && id == query.TunnelId).ToList();
            if (all.Count == 0) return ValueTask.FromResult<TunnelPage?>(null);
            var wanted = all
                .Where(face => face.Kind == EntryKind.Response && face.Row.Record.IngestedAtUs >= query.NotBeforeMs * 1000)
                .Where(face => face.Row.Record.IngestedAtUs > (query.AfterUs ?? 0))
                .OrderBy(face => face.Row.Record.IngestedAtUs).ToList();
            if (query.BeforeId is { } before) wanted.RemoveAll(face => face.Id >= before);
            var isWalk = query.AfterUs is not null && query.BeforeId is null;
            var page = (isWalk ? wanted.Take(query.Limit) : wanted.TakeLast(query.Limit)).Reverse().ToList();
            long bytes = 0;
            var shown = page.TakeWhile(face =>
            {
                if (bytes > query.MaxBytes) return false;
                bytes += face.Show(scope, visitor, false, false);
                return true;
            }).ToList();
            var newest = page.Count == 0 ? 0 : page[0].Row.Record.IngestedAtUs;
            return ValueTask.FromResult<TunnelPage?>(
                new TunnelPage(shown.Count, newest, page.Count > 0 && wanted[^1].Row.Record.IngestedAtUs > newest)
                {
                    IsTruncated = shown.Count < page.Count,
                    LastReturnedId = shown.Count < page.Count ? shown[^1].Id : 0,
                });
        }
    }

    public ValueTask DeleteScopeAsync(LogScope scope, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _rows.RemoveAll(row => scope.Includes(row.Record.Key));
            foreach (var key in _series.Keys.Where(key => scope.Includes(key)).ToList()) _series.Remove(key);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> MaintainAsync(CancellationToken cancellationToken) => ValueTask.FromResult(false);

    public ValueTask<byte[]> GetSigningKeyAsync(CancellationToken cancellationToken) => ValueTask.FromResult(new byte[32]);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static Dictionary<string, long> CountBy(List<SeriesKey> keys, Func<SeriesKey, string?> dimension) =>
        keys.Select(dimension).OfType<string>().GroupBy(value => value).ToDictionary(group => group.Key, group => group.LongCount());

    private IEnumerable<Face> Faces(LogScope scope, LogFilter filter)
    {
        foreach (var row in _rows)
        {
            var wanted = filter.PartsOf(scope, row.Record.Series!);
            foreach (var face in new[] { RecordParts.First, RecordParts.Second })
            {
                if (!wanted.HasFlag(face)) continue;
                var candidate = new Face(row, face);
                if (candidate.Matches(filter)) yield return candidate;
            }
        }
    }

    private sealed record Row(LogRecord Record, CapturedBody? RequestBody, CapturedBody? ResponseBody);

    private sealed record Face(Row Row, RecordParts Which)
    {
        public long Id => Which == RecordParts.Second ? Row.Record.Id + 1 : Row.Record.Id;

        public EntryKind Kind => Row.Record.Series!.KindOf(Which);

        public bool Matches(LogFilter filter)
        {
            var matches = false;
            RecordEntryViews.Visit(Row.Record, Which, false, (in LogEntryView view) => matches = filter.Matches(view));
            return matches;
        }

        public long Show(LogScope scope, LogEntryVisitor visitor, bool withRequest, bool withResponse)
        {
            var (request, response) = (withRequest ? Row.RequestBody : null, withResponse ? Row.ResponseBody : null);
            var bytes = 0L;
            RecordEntryViews.Visit(Row.Record, Which, scope.IsAll, (in LogEntryView view) =>
            {
                var shown = view.WithBodies(withRequest, request, withResponse, response);
                visitor(shown);
                bytes = shown.ApproximateBytes;
            });
            return bytes;
        }
    }
}
