using System.Collections.Frozen;
using FluentAssertions;
using HoodyLogs.Storage.Sqlite;
using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.TestSupport;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace HoodyLogs.Core.Tests.Storage.Sqlite;

/// <summary>Runs random operations on a store and compares it with the model after each of them.</summary>
internal sealed class RandomStoreRun(string path) : IAsyncDisposable
{
    private static readonly string[] Tunnels = ["550e8400-e29b-41d4-a716-446655440000", "550E8400-E29B-41D4-A716-446655440000"];
    private static readonly string?[] Projects = ["p1", "p2", "p3", null];
    private static readonly string?[] Containers = ["c1", "c2", null, .. Tunnels];
    private static readonly string?[] Services = ["a", "b", null];
    private static readonly string?[] Methods = ["GET", "POST", null];
    private static readonly string?[] Traces =
        ["00000000000000000000000000000001", "00000000-0000-0000-0000-000000000001", "00000000000000000000000000000002", "odd", null];

    private readonly ManualTime _time = new();
    private readonly RetentionOptions _retention = new() { MaxEntries = 0, MaxAge = TimeSpan.FromDays(3_000) };
    private readonly List<LogRecord> _visible = [];
    private ModelLogStore _model = null!;
    private SqliteLogStore _store = null!;
    private long _highestId;

    public static async Task RunAsync(int[] life)
    {
        using var folder = new TestFolder();
        await using var run = new RandomStoreRun(folder.Database);
        run._model = new ModelLogStore(run._time);
        await run.OpenAsync();
        foreach (var seed in life) await run.StepAsync(new Random(seed));
    }

    public async ValueTask DisposeAsync() => await _store.DisposeAsync();

    private Task StepAsync(Random random) => random.Next(20) switch
    {
        < 7 => AppendAsync(random),
        7 => DeleteScopeAsync(random),
        8 => ApplyRetentionAsync(random),
        9 => MaintainAsync(random),
        10 => ReopenAsync(),
        11 => FindAsync(random),
        12 => CompareStatsAsync(random),
        13 => CompareTunnelAsync(random),
        _ => ComparePageAsync(random),
    };

    private async Task OpenAsync()
    {
        var settings = new SqliteStoreSettings(path)
        {
            BeforeFirstId = 0,
            SegmentRows = 16,
            SegmentIdSpan = 40,
            IdBlock = 50,
            PurgeStepRows = 8,
            VacuumStepPages = 2,
            CachedIndexes = 2,
            MaxSeries = 100_000,
        };
        _store = new SqliteLogStore(settings, () => _retention, _time, NullLogger<SqliteLogStore>.Instance);
        await _store.OpenAsync(CancellationToken.None);
    }

    private async Task ReopenAsync()
    {
        var (lastId, retentionFloor) = (_store.LastId, _store.FirstVisibleId);
        await _store.DisposeAsync();
        await OpenAsync();
        _store.FirstVisibleId.Should().Be(retentionFloor);
        _store.LastId.Should().BeInRange(_visible.Count == 0 ? 0 : _visible[^1].LastId, lastId); // the newest entries may have been deleted
        _store.LastIdBeforeStart.Should().BeGreaterThanOrEqualTo(_highestId == 0 ? 0 : _highestId + 9_999);
    }

    private async Task AppendAsync(Random random)
    {
        var batch = Enumerable.Range(0, FewOrMany(random, 30, 400)).Select(_ => Record(random)).ToList();
        _time.Advance(TimeSpan.FromMilliseconds(random.Next(20_000)));
        if (random.Next(4) == 0) _time.JumpTo(_time.GetUtcNow() - TimeSpan.FromMilliseconds(random.Next(500))); // a step too small to be a jump
        if (random.Next(8) == 0) _store.AssignIds(batch);
        if (random.Next(8) == 0) await FailAsync(batch);
        await _store.AppendAsync(batch, CancellationToken.None);
        batch[0].Id.Should().BeGreaterThan(_store.LastIdBeforeStart).And.BeGreaterThan(_highestId);
        batch.Select(record => record.IngestedAtUs).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        _highestId = batch[^1].LastId;
        _store.LastId.Should().Be(_highestId);
        await _model.AppendAsync(batch, CancellationToken.None);
        _visible.AddRange(batch);
    }

    // A trigger makes the last row of the batch fail. The batch is then appended again without this row.
    private async Task FailAsync(List<LogRecord> batch)
    {
        var lastId = _store.LastId;
        using var other = new SqliteConnection($"Data Source={path};Pooling=False");
        other.Open();
        Execute("CREATE TRIGGER refusing BEFORE INSERT ON records WHEN instr(NEW.data, CAST('refused' AS BLOB)) > 0 BEGIN SELECT RAISE(ABORT, 'refused'); END");
        try
        {
            var refused = new LogRecord { Shape = RecordShape.Event, TimestampMs = 0, Url = "refused" };
            var append = () => _store.AppendAsync([.. batch, refused], CancellationToken.None).AsTask();
            await append.Should().ThrowAsync<LogStoreException>();
            _store.LastId.Should().Be(lastId);
        }
        finally
        {
            Execute("DROP TRIGGER refusing");
        }

        void Execute(string sql)
        {
            using var command = new SqliteCommand(sql, other);
            command.ExecuteNonQuery();
        }
    }

    private async Task DeleteScopeAsync(Random random)
    {
        var project = Projects[random.Next(3)]!;
        var scope = Pick(random, Containers) is { } container ? LogScope.Container(project, container) : LogScope.Project(project);
        await _store.DeleteScopeAsync(scope, CancellationToken.None);
        await _model.DeleteScopeAsync(scope, CancellationToken.None);
        _visible.RemoveAll(record => scope.Includes(record.Key));
    }

    // Retention is exact to one record after its first step.
    private async Task ApplyRetentionAsync(Random random)
    {
        if (random.Next(2) == 0) _retention.MaxEntries = FewOrMany(random, 200, 2_000);
        else _retention.MaxAge = TimeSpan.FromSeconds(FewOrMany(random, 60, 600));
        var fromUs = ((_time.GetUtcNow() - _retention.MaxAge).Ticks - DateTimeOffset.UnixEpoch.Ticks) / 10;
        while (_visible.Count > 0 && (_visible[0].IngestedAtUs < fromUs
            || (_retention.MaxEntries > 0 && _visible.Sum(record => record.EntryCount) > _retention.MaxEntries)))
        {
            _visible.RemoveAt(0);
        }

        await _store.MaintainAsync(CancellationToken.None);
        (_retention.MaxEntries, _retention.MaxAge) = (0, TimeSpan.FromDays(3_000));
        _model.DropBefore(_store.FirstVisibleId);
        (await Ids()).Should().Equal(_visible.SelectMany(record => record.EntryCount == 2 ? [record.Id, record.Id + 1] : new[] { record.Id }));
    }

    private async Task MaintainAsync(Random random)
    {
        for (var steps = random.Next(2) == 0 ? int.MaxValue : 5; steps > 0 && await _store.MaintainAsync(CancellationToken.None); steps--)
        {
        }
    }

    private async Task FindAsync(Random random)
    {
        var (scope, id) = (Scope(random), random.NextInt64(_highestId + 2));
        var (found, expected) = (await _store.FindAsync(scope, id), await _model.FindAsync(scope, id));
        Json(found).Should().Be(Json(expected));
    }

    private async Task CompareStatsAsync(Random random)
    {
        var (scope, filter) = (Scope(random), SeriesFilter(random));
        var stats = await _store.GetStatsAsync(scope, filter, CancellationToken.None);
        stats.Should().BeEquivalentTo(await _model.GetStatsAsync(scope, filter, CancellationToken.None));
    }

    private async Task CompareTunnelAsync(Random random)
    {
        var after = _visible.Count == 0 || random.Next(3) == 0 ? (long?)null : _visible[random.Next(_visible.Count)].IngestedAtUs - random.Next(2);
        var notBefore = _visible.Count == 0 || random.Next(3) > 0 ? 0 : _visible[random.Next(_visible.Count)].IngestedAtUs / 1000;
        var (scope, query) = (Scope(random), new TunnelQuery(Guid.Parse(Tunnels[0]), random.Next(1, 20), after, notBefore));
        var (found, expected) = (new List<long>(), new List<long>());
        var page = await _store.ReadTunnelAsync(scope, query, (in LogEntryView entry) => found.Add(entry.Id), CancellationToken.None);
        var modelPage = await _model.ReadTunnelAsync(scope, query, (in LogEntryView entry) => expected.Add(entry.Id), CancellationToken.None);
        found.Should().Equal(expected, query.ToString());
        page.Should().Be(modelPage, query.ToString());
    }

    private async Task ComparePageAsync(Random random)
    {
        var (scope, query) = (Scope(random), Query(random));
        var (found, expected) = (new List<string>(), new List<string>());
        var page = await _store.ReadAsync(scope, query, (in LogEntryView entry) => found.Add(Json(LogEntry.From(entry))), CancellationToken.None);
        var modelPage = await _model.ReadAsync(scope, query, (in LogEntryView entry) => expected.Add(Json(LogEntry.From(entry))), CancellationToken.None);
        found.Should().Equal(expected, $"{scope} {query} {query.Filter}");
        page.Should().Be(modelPage, $"{scope} {query} {query.Filter}");
    }

    private LogQuery Query(Random random)
    {
        var last = random.Next(4) == 0 ? random.Next(1, 40) : (int?)null;
        return new LogQuery
        {
            Filter = random.Next(3) == 0 ? RecordFilter(random) : SeriesFilter(random),
            Limit = random.Next(4) == 0 ? random.Next(3) : random.Next(60),
            Offset = random.Next(2) == 0 ? 0 : FewOrMany(random, 80, 1_500),
            Last = last,
            AfterId = random.Next(3) == 0 ? AnyId(random) : null,
            BeforeId = random.Next(3) == 0 ? AnyId(random) : null,
            Descending = last is null && random.Next(3) == 0,
            CountTotal = random.Next(4) > 0,
            IncludeRequestBody = random.Next(3) == 0,
            IncludeResponseBody = random.Next(3) == 0,
            MaxBytes = random.Next(3) == 0 ? random.Next(2_000) : 4_000_000,
        };
    }

    private long AnyId(Random random) =>
        _visible.Count == 0 ? random.Next(100) : _visible[random.Next(_visible.Count)].Id + random.Next(-1, 3);

    private static LogScope Scope(Random random) => random.Next(3) switch
    {
        0 => LogScope.All,
        1 => LogScope.Project(Projects[random.Next(3)]!),
        _ => LogScope.Container(Projects[random.Next(3)]!, Containers[random.Next(2)]!),
    };

    private static LogFilter SeriesFilter(Random random) => new()
    {
        Levels = Some(random, Enum.GetValues<EntryLevel>()),
        Kinds = Some(random, Enum.GetValues<EntryKind>()),
        Sources = Some(random, Enum.GetValues<EntrySource>()),
        Methods = Some(random, [.. Methods.OfType<string>()]).ToFrozenSet(),
        ServiceNames = Some(random, [.. Services.OfType<string>()]).ToFrozenSet(),
        ProjectIds = Some(random, [.. Projects.OfType<string>()]).ToFrozenSet(),
        ContainerIds = Some(random, [.. Containers.OfType<string>()]).ToFrozenSet(),
    };

    private static LogFilter RecordFilter(Random random)
    {
        var filter = random.Next(2) == 0 ? LogFilter.All : SeriesFilter(random);
        return random.Next(4) switch
        {
            0 => filter with { TraceId = Traces[random.Next(Traces.Length - 1)] },
            1 => filter with { Statuses = [new StatusRange(400, 499)] },
            2 => filter with { FromMs = random.Next(50_000), ToMs = random.Next(100_000) },
            _ => filter with { UrlText = random.Next(10).ToString() },
        };
    }

    private static T[] Some<T>(Random random, T[] values) =>
        random.Next(6) > 0 ? [] : [.. values.Where(_ => random.Next(2) == 0).DefaultIfEmpty(values[0])];

    // Many, so that offsets skip groups of segments.
    private static int FewOrMany(Random random, int few, int many) => random.Next(1, random.Next(4) > 0 ? few : many);

    private static T Pick<T>(Random random, T[] values) => values[random.Next(values.Length)];

    private static LogRecord Record(Random random)
    {
        var shape = random.Next(3) == 0 ? Pick(random, Enum.GetValues<RecordShape>()) : RecordShape.Exchange;
        return new LogRecord
        {
            Shape = shape,
            Level = Pick(random, Enum.GetValues<EntryLevel>()),
            Source = Pick(random, Enum.GetValues<EntrySource>()),
            ProjectId = Pick(random, Projects),
            ContainerId = Pick(random, Containers),
            ServiceName = Pick(random, Services),
            Method = Pick(random, Methods),
            TraceId = Pick(random, Traces),
            TimestampMs = random.Next(100_000),
            DurationUs = random.Next(5_000_000),
            Url = random.Next(5) == 0 ? null : $"/v1/{random.Next(1_000)}",
            ClientIp = random.Next(5) == 0 ? null : "203.0.113.42",
            Status = shape == RecordShape.Event ? 0 : random.Next(100, 600),
            BytesIn = random.Next(-1, 1_000),
            BytesOut = random.Next(-1, 1_000),
            UserAgent = random.Next(2) == 0 ? null : $"agent/{random.Next(3)}",
            RequestData = random.Next(2) == 0 ? null : "\"a\":1"u8.ToArray(),
            ResponseData = shape == RecordShape.Exchange && random.Next(2) == 0 ? "\"b\":2"u8.ToArray() : null,
            RequestBodyState = Pick(random, Enum.GetValues<BodyState>()),
            ResponseBodyState = Pick(random, Enum.GetValues<BodyState>()),
        }.WithBodies(Body(random), Body(random));
    }

    private static CapturedBody? Body(Random random) => random.Next(6) switch
    {
        0 => TestSupport.Some.Text(new string('x', random.Next(100))),
        1 => TestSupport.Some.Bytes(new byte[random.Next(100)]),
        _ => null,
    };

    private async Task<List<long>> Ids()
    {
        var ids = new List<long>();
        await _store.ReadAsync(LogScope.All, new LogQuery { Limit = int.MaxValue }, (in LogEntryView entry) => ids.Add(entry.Id), CancellationToken.None);
        return ids;
    }

    private static string Json(LogEntry? entry) => entry is null ? "none" : $"{entry with { Data = default }} {entry.Data}";
}
