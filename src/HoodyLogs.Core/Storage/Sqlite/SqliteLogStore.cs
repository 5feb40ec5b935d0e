using System.Collections.Concurrent;
using System.Text.Json;
using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.Storage.Sqlite.Diagnostics;
using HoodyLogs.Storage.Sqlite.Files;
using HoodyLogs.Storage.Sqlite.Reading;
using HoodyLogs.Storage.Sqlite.Segments;
using HoodyLogs.Storage.Time;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.Storage.Sqlite;

/// <summary>
/// The store in a SQLite file, with the bodies in files beside it. Rows lie in the order of their ids; which of them a query wants is told by an
/// index of our own, kept in memory for the newest rows and written once per segment of 65 536 (<see cref="SegmentIndex"/>), so that appending is
/// sequential.
/// </summary>
/// <param name="settings">Where, and how much.</param>
/// <param name="retention">The limits in force.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For what an operator must know.</param>
/// <param name="clock">Judges the clock, for all that must know which time is believed; null for one that the store alone uses.</param>
internal sealed class SqliteLogStore(
    SqliteStoreSettings settings, Func<RetentionOptions> retention, TimeProvider time, ILogger<SqliteLogStore> logger,
    TrustedClock? clock = null) : ILogStore, ILogBackup
{
    private const int MostTold = 1000;

    /// <summary>Statistics over more series than these take milliseconds, so they run where scans do.</summary>
    private const int FewSeries = 4096;

    /// <summary>How long disposing waits for calls that still run, and for the disk.</summary>
    internal static readonly TimeSpan CloseBudget = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromMinutes(10);

    private readonly StoreOpener _opener = new(settings, retention, clock ?? new TrustedClock(time), time, logger);
    private readonly ConcurrentDictionary<long, bool> _toldDamaged = new();
    private readonly ScanScheduler _scans = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly CancellationTokenSource _closing = new();
    private volatile StoreEngine? _open;
    private volatile string _whyNotOpen = "";
    private DiskSpaceGuard? _freeSpace;
    private bool _toldMovedAside;
    private long _warnedOfConfined;
    private long _warnedAt;

    public long LastId => _open?.Writer.View.LastId ?? 0;

    public long LastIdBeforeStart { get; private set; }

    public long FirstVisibleId => _open?.Writer.View.Horizon ?? 1;

    /// <summary>Where a damaged file was moved to at the start; null where there was none.</summary>
    public string? MovedAside => _opener.MovedAside;

    /// <summary>The folder of the open file, without symbolic links; null while it is not open.</summary>
    public string? Folder => Path.GetDirectoryName(_open?.Writer.Settings.Path);

    /// <summary>Records stored with unknown scope since the start, because an id was too long or there were too many series.</summary>
    public long UnscopedRecords => _open?.Writer.Catalogue.UnscopedRecords ?? 0;

    private StoreEngine Store => _open ?? throw new LogStoreException($"The log store is not open.{_whyNotOpen}");

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_open is not null) return;
        try
        {
            await OpenFileAsync().ConfigureAwait(false);
            _whyNotOpen = "";
        }
        catch (LogStoreException failure)
        {
            _whyNotOpen = $" {failure.Message}";
            throw;
        }
    }

    public int AssignIds(IReadOnlyList<LogRecord> batch) => Call(store => store.Appender.Number(batch));

    public ValueTask AppendAsync(IReadOnlyList<LogRecord> batch, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (batch.Count == 0) return ValueTask.CompletedTask;
        Call(store =>
        {
            _freeSpace!.Check();
            store.Appender.Append(batch);
            WarnOfConfined(store);
            return true;
        });
        return ValueTask.CompletedTask;
    }

    public ValueTask<LogPage> ReadAsync(LogScope scope, LogQuery query, LogEntryVisitor visitor, CancellationToken cancellationToken)
    {
        if (!query.Filter.RequiresScan) return Read((reader, view) => IndexedReader.Read(reader, view, scope, query, visitor, cancellationToken));
        var small = query.Filter.TraceId is null
            ? null
            : ReadNow((reader, view) => ScanReader.ReadSmallTrace(reader, view, scope, query, visitor, time, cancellationToken));
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
        return Read((reader, view) => IndexedReader.Read(reader, view, scope, query, visitor, cancellationToken).Count > 0);
    }

    public ValueTask<LogStats> GetStatsAsync(LogScope scope, LogFilter filter, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var view = Store.Writer.View;
        return view.SeriesCount <= FewSeries
            ? ValueTask.FromResult(StatsReader.Read(view, scope, filter))
            : new ValueTask<LogStats>(_scans.RunAsync(scope, _ => StatsReader.Read(view, scope, filter), cancellationToken));
    }

    public ValueTask<TunnelPage?> ReadTunnelAsync(LogScope scope, TunnelQuery query, LogEntryVisitor visitor, CancellationToken cancellationToken) =>
        Read((reader, view) => TunnelReader.Read(reader, view, scope, query, visitor, cancellationToken));

    public ValueTask DeleteScopeAsync(LogScope scope, CancellationToken cancellationToken)
    {
        if (scope.IsAll) throw new ArgumentException("Only a project or a container can be destroyed.", nameof(scope));
        cancellationToken.ThrowIfCancellationRequested();
        Call(store =>
        {
            store.Destruction.Destroy(scope);
            return true;
        });
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> MaintainAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Call(store => store.Maintain()));
    }

    public ValueTask<byte[]> GetSigningKeyAsync(CancellationToken cancellationToken) => ValueTask.FromResult<byte[]>([.. Store.Writer.SigningKey]);

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
            throw new LogStoreException("The log store was closed.");
        }
    }

    /// <summary>
    /// Closes the store. If a call still runs after a second, disposing returns without closing: the call closes the store when it ends, or the end of
    /// the process does.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        _scans.Dispose();
        try
        {
            if (Interlocked.Exchange(ref _open, null) is { } open) await CloseAsync(open).ConfigureAwait(false);
        }
        finally
        {
            _opener.Dispose();
        }
    }

    private async ValueTask CloseAsync(StoreEngine open)
    {
        try
        {
            await open.Use.Close().WaitAsync(CloseBudget, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            StoreMessages.StillInUse(logger, settings.Path, CloseBudget);
        }
    }

    private void Backup(string folder, CancellationToken cancellation) => Call(store =>
    {
        new StoreBackup(store.Writer.Settings.Path, store.Writer.Bodies, Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)), cancellation).Run();
        return true;
    });

    /// <summary>Runs a call that keeps the store from being closed meanwhile.</summary>
    private T Call<T>(Func<StoreEngine, T> call)
    {
        var store = Store;
        store.Use.Begin();
        try
        {
            return call(store);
        }
        finally
        {
            store.Use.End();
        }
    }

    private void WarnOfConfined(StoreEngine store)
    {
        var count = store.Writer.Catalogue.UnscopedRecords - _warnedOfConfined;
        if (count == 0 || (_warnedOfConfined > 0 && time.GetElapsedTime(_warnedAt) < BetweenWarnings)) return;
        StoreMessages.ScopesNotKept(logger, count, settings.MaxSeries);
        _warnedOfConfined += count;
        _warnedAt = time.GetTimestamp();
    }

    private async ValueTask OpenFileAsync()
    {
        if (_closing.IsCancellationRequested) throw new LogStoreException("The log store was closed.");
        var open = _opener.Open();
        LastIdBeforeStart = open.Writer.Sequence.NextId - 1;
        _freeSpace = new DiskSpaceGuard(open.Writer.Settings.Path, settings.MinFreeBytes, time);
        try
        {
            StoreMovedAside(open);
        }
        catch
        {
            open.Dispose(); // no call can use it yet
            throw;
        }

        _open = open;
        if (!_closing.IsCancellationRequested || Interlocked.Exchange(ref _open, null) is null) return;
        await CloseAsync(open).ConfigureAwait(false);
        _opener.Dispose();
        throw new LogStoreException("The log store was closed.");
    }

    private void StoreMovedAside(StoreEngine open)
    {
        if (_opener.MovedAside is not { } aside || _toldMovedAside) return;
        _freeSpace!.Check();
        open.Appender.Append([MovedAsideEvent(open.Writer.Settings.Path, aside)]);
        _toldMovedAside = true;
    }

    private LogRecord MovedAsideEvent(string path, string aside)
    {
        var message = JsonEncodedText.Encode($"The log database {path} was damaged. It was moved to {aside}, and a new database was created.");
        return new LogRecord
        {
            Shape = RecordShape.Event,
            Level = EntryLevel.Error,
            TimestampMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            OwnRequestData = [.. "\"message\":\""u8, .. message.EncodedUtf8Bytes, .. "\""u8],
        };
    }

    private ValueTask<LogPage> ScanAsync(LogScope scope, LogQuery query, LogEntryVisitor visitor, CancellationToken cancellationToken) =>
        new(_scans.RunAsync(
            scope,
            cancellation => ReadNow((reader, view) => ScanReader.Read(reader, view, scope, query, visitor, time, cancellation)),
            cancellationToken));

    private ValueTask<T> Read<T>(Func<StoreReader, StoreSnapshot, T> read) => ValueTask.FromResult(ReadNow(read));

    private T ReadNow<T>(Func<StoreReader, StoreSnapshot, T> read) => Call(store => ReadNow(store, read));

    private T ReadNow<T>(StoreEngine open, Func<StoreReader, StoreSnapshot, T> read)
    {
        var reader = open.Readers.Rent();
        try
        {
            var result = read(reader, reader.Begin(open.CurrentView));
            reader.End();
            open.Readers.Return(reader);
            return result;
        }
        catch (Exception failure)
        {
            // Whatever state it is in, it is not used again.
            reader.Dispose();
            if (failure is LogStoreException { DamagedId: { } id } && _toldDamaged.Count < MostTold && _toldDamaged.TryAdd(id, true))
            {
                StoreMessages.RowDamaged(logger, id, failure);
            }

            throw;
        }
    }
}
