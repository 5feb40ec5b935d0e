using System.Collections.Concurrent;
using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.Storage.Sqlite.Diagnostics;
using HoodyLogs.Storage.Sqlite.Files;
using HoodyLogs.Storage.Sqlite.Reading;
using HoodyLogs.Storage.Sqlite.Segments;
using HoodyLogs.Storage.Time;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.Storage.Sqlite;

/// <summary>
/// Stores records in a SQLite database, and bodies in files next to it. Rows are ordered by id, so appending is sequential. Queries find rows with a
/// custom index: in memory for the newest rows, and one <see cref="SegmentIndex"/> for each sealed segment of 65 536 rows.
/// </summary>
/// <param name="settings">The path and the sizes of the engine.</param>
/// <param name="retention">Returns the current limits.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The logger.</param>
/// <param name="clock">Detects jumps of the system clock. Null if only this store uses the detection.</param>
internal sealed class SqliteLogStore(
    SqliteStoreSettings settings, Func<RetentionOptions> retention, TimeProvider time, ILogger<SqliteLogStore> logger,
    TrustedClock? clock = null) : ILogStore, ILogBackup
{
    private const int MaxReportedRows = 1000;

    /// <summary>Statistics over more series take milliseconds, so they run on scan threads.</summary>
    private const int MaxSeriesOfQuickStats = 4096;

    /// <summary>The maximum wait of disposal for running calls and for the disk.</summary>
    internal static readonly TimeSpan CloseBudget = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan WarningInterval = TimeSpan.FromMinutes(10);

    private readonly StoreOpener _opener = new(settings, retention, clock ?? new TrustedClock(time), time, logger);
    private readonly ConcurrentDictionary<long, bool> _reportedRows = new();
    private readonly ScanScheduler _scans = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly CancellationTokenSource _closing = new();
    private volatile StoreEngine? _engine;
    private volatile string _openFailure = "";
    private DiskSpaceGuard? _diskSpace;
    private bool _movedAsideStored;
    private long _warnedUnscoped;
    private long _warnedAt;

    public long LastId => _engine?.Writer.Snapshot.LastId ?? 0;

    public long LastIdBeforeStart { get; private set; }

    public long FirstVisibleId => _engine?.Writer.Snapshot.RetentionFloor ?? 1;

    /// <summary>The path to which a damaged database was moved at startup. Null if there was none.</summary>
    public string? MovedAsidePath => _opener.MovedAsidePath;

    /// <summary>The folder of the open database, without symbolic links. Null while the store is not open.</summary>
    public string? Folder => Path.GetDirectoryName(_engine?.Writer.Settings.Path);

    /// <summary>The number of records that were stored as unscoped since startup, because an id was too long or there were too many series.</summary>
    public long UnscopedRecords => _engine?.Writer.Catalogue.UnscopedRecords ?? 0;

    private StoreEngine Engine => _engine ?? throw new LogStoreException($"The log store is not open.{_openFailure}");

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_engine is not null) return;
        try
        {
            await OpenFileAsync().ConfigureAwait(false);
            _openFailure = "";
        }
        catch (LogStoreException failure)
        {
            _openFailure = $" {failure.Message}";
            throw;
        }
    }

    public int AssignIds(IReadOnlyList<LogRecord> batch) => Call(engine => engine.Appender.AssignIds(batch));

    public ValueTask AppendAsync(IReadOnlyList<LogRecord> batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (batch.Count == 0) return ValueTask.CompletedTask;
        Call(engine =>
        {
            _diskSpace!.EnsureFreeSpace();
            engine.Appender.Append(batch);
            WarnAboutUnscopedRecords(engine);
            return true;
        });
        return ValueTask.CompletedTask;
    }

    public ValueTask<LogPage> ReadAsync(LogScope scope, LogQuery query, LogEntryVisitor visitor, CancellationToken cancellationToken)
    {
        if (!query.Filter.RequiresScan) return Read((reader, snapshot) => IndexedReader.Read(reader, snapshot, scope, query, visitor, cancellationToken));
        var small = query.Filter.TraceId is null
            ? null
            : ReadSync((reader, snapshot) => ScanReader.ReadSmallTrace(reader, snapshot, scope, query, visitor, time, cancellationToken));
        return small is null ? ScanAsync(scope, query, visitor, cancellationToken) : ValueTask.FromResult(small);
    }

    public ValueTask<bool> FindAsync(LogScope scope, long id, LogEntryVisitor visitor, CancellationToken cancellationToken)
    {
        if (id is <= 0 or long.MaxValue) return ValueTask.FromResult(false);
        var query = new LogQuery
        {
            AfterId = id - 1,
            BeforeId = id + 1,
            Limit = 1,
            CountTotal = false,
            IncludeRequestBody = true,
            IncludeResponseBody = true,
        };
        return Read((reader, snapshot) => IndexedReader.Read(reader, snapshot, scope, query, visitor, cancellationToken).Count > 0);
    }

    public ValueTask<LogStats> GetStatsAsync(LogScope scope, LogFilter filter, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var snapshot = Engine.Writer.Snapshot;
        return snapshot.SeriesCount <= MaxSeriesOfQuickStats
            ? ValueTask.FromResult(StatsReader.Read(snapshot, scope, filter))
            : new ValueTask<LogStats>(_scans.RunAsync(scope, _ => StatsReader.Read(snapshot, scope, filter), cancellationToken));
    }

    public ValueTask<TunnelPage?> ReadTunnelAsync(LogScope scope, TunnelQuery query, LogEntryVisitor visitor, CancellationToken cancellationToken) =>
        Read((reader, snapshot) => TunnelReader.Read(reader, snapshot, scope, query, visitor, cancellationToken));

    public ValueTask DeleteScopeAsync(LogScope scope, CancellationToken cancellationToken)
    {
        if (scope.IsAll) throw new ArgumentException("Only a project or a container can be deleted.", nameof(scope));
        cancellationToken.ThrowIfCancellationRequested();
        Call(engine =>
        {
            engine.Tombstones.AddTombstone(scope);
            return true;
        });
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> MaintainAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Call(engine => engine.Maintain()));
    }

    public ValueTask<byte[]> GetSigningKeyAsync(CancellationToken cancellationToken) => ValueTask.FromResult<byte[]>([.. Engine.Writer.SigningKey]);

    public async Task BackupAsync(string folder, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        cancellationToken.ThrowIfCancellationRequested();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        try
        {
            await Task.Factory.StartNew(() => Backup(folder, either.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LogStoreException("The log store is closed.");
        }
    }

    /// <summary>
    /// Closes the engine. Waits up to a second for running calls. After that it returns, and the last call closes the store when it ends. If that call never
    /// ends, the handles stay open until the process ends.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        _scans.Dispose();
        try
        {
            if (Interlocked.Exchange(ref _engine, null) is { } engine) await CloseAsync(engine).ConfigureAwait(false);
        }
        finally
        {
            _opener.Dispose();
        }
    }

    private async ValueTask CloseAsync(StoreEngine engine)
    {
        try
        {
            await engine.Calls.Close().WaitAsync(CloseBudget, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            StoreMessages.StillInUse(logger, settings.Path, CloseBudget);
        }
    }

    private void Backup(string folder, CancellationToken cancellation) => Call(engine =>
    {
        new StoreBackup(engine.Writer.Settings.Path, engine.Writer.Bodies, Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), cancellation).Run();
        return true;
    });

    /// <summary>Runs a call. The store is not closed while the call runs.</summary>
    private T Call<T>(Func<StoreEngine, T> call)
    {
        var engine = Engine;
        engine.Calls.Begin();
        try
        {
            return call(engine);
        }
        finally
        {
            engine.Calls.End();
        }
    }

    private void WarnAboutUnscopedRecords(StoreEngine engine)
    {
        var count = engine.Writer.Catalogue.UnscopedRecords - _warnedUnscoped;
        if (count == 0 || (_warnedUnscoped > 0 && time.GetElapsedTime(_warnedAt) < WarningInterval)) return;
        StoreMessages.UnscopedRecords(logger, count, settings.MaxSeries);
        _warnedUnscoped += count;
        _warnedAt = time.GetTimestamp();
    }

    private async ValueTask OpenFileAsync()
    {
        if (_closing.IsCancellationRequested) throw new LogStoreException("The log store is closed.");
        var engine = _opener.Open();
        LastIdBeforeStart = engine.Writer.Sequence.NextId - 1;
        _diskSpace = new DiskSpaceGuard(engine.Writer.Settings.Path, settings.MinFreeBytes, time);
        try
        {
            StoreMovedAsideEvent(engine);
        }
        catch
        {
            engine.Dispose(); // no call uses it yet
            throw;
        }

        _engine = engine;
        if (!_closing.IsCancellationRequested || Interlocked.Exchange(ref _engine, null) is null) return;
        await CloseAsync(engine).ConfigureAwait(false);
        _opener.Dispose();
        throw new LogStoreException("The log store is closed.");
    }

    private void StoreMovedAsideEvent(StoreEngine engine)
    {
        if (_movedAsideStored || _opener.CreateMovedAsideEvent(engine.Writer.Settings.Path) is not { } moved) return;
        _diskSpace!.EnsureFreeSpace();
        engine.Appender.Append([moved]);
        _movedAsideStored = true;
    }

    private ValueTask<LogPage> ScanAsync(LogScope scope, LogQuery query, LogEntryVisitor visitor, CancellationToken cancellationToken) =>
        new(_scans.RunAsync(
            scope,
            cancellation => ReadSync((reader, snapshot) => ScanReader.Read(reader, snapshot, scope, query, visitor, time, cancellation)),
            cancellationToken));

    private ValueTask<T> Read<T>(Func<StoreReader, StoreSnapshot, T> read) => ValueTask.FromResult(ReadSync(read));

    private T ReadSync<T>(Func<StoreReader, StoreSnapshot, T> read) => Call(engine => ReadSync(engine, read));

    private T ReadSync<T>(StoreEngine engine, Func<StoreReader, StoreSnapshot, T> read)
    {
        var reader = engine.Readers.Rent();
        try
        {
            var result = read(reader, reader.Begin(engine.CurrentSnapshot));
            reader.End();
            engine.Readers.Return(reader);
            return result;
        }
        catch (Exception failure)
        {
            // The state of the reader is unknown, so it is not used again.
            reader.Dispose();
            if (failure is LogStoreException { DamagedId: { } id } && _reportedRows.Count < MaxReportedRows && _reportedRows.TryAdd(id, true))
            {
                StoreMessages.RowDamaged(logger, id, failure);
            }

            throw;
        }
    }
}
