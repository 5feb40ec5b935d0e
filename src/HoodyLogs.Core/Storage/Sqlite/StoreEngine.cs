using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.Storage.Sqlite.Files;
using HoodyLogs.Storage.Sqlite.Ingestion;
using HoodyLogs.Storage.Sqlite.Maintenance;
using HoodyLogs.Storage.Sqlite.Reading;
using HoodyLogs.Storage.Sqlite.Records;
using HoodyLogs.Storage.Sqlite.Segments;
using HoodyLogs.Storage.Time;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.Storage.Sqlite;

/// <summary>An open database with the objects that write, read and maintain it.</summary>
internal sealed class StoreEngine : IDisposable
{
    private readonly FileLock _lock;
    private readonly RecordCursor _cursor;
    private readonly IngestionClock _clock;
    private readonly WalTruncator _walTruncator;
    private readonly Retention _retention;
    private readonly Purger _purger;
    private readonly IncrementalVacuum _vacuum;

    public StoreEngine(WriterContext writer, FileLock fileLock, Func<RetentionOptions> retention, TrustedClock clock, TimeProvider time, ILogger logger)
    {
        (Writer, _lock) = (writer, fileLock);
        Calls = new StoreCallCounter(Dispose);
        try
        {
            CurrentSnapshot = () => writer.Snapshot;
            _cursor = new RecordCursor(writer.Database, writer.Corrections);
            _clock = new IngestionClock(writer, _cursor, clock, time, logger);
            _purger = new Purger(writer);
            _retention = new Retention(writer, _cursor, _purger, retention, clock);
            _vacuum = new IncrementalVacuum(writer, retention);
            Appender = new Appender(writer);
            Tombstones = new TombstonePurger(writer, logger);
            Readers = new StoreReaderPool(writer.Settings.Path, writer.Bodies, writer.Cache, writer.Corrections, logger);
            _walTruncator = new WalTruncator(writer, Readers.Gate, retention, time, logger);
            Appender.ReserveIds([]);
        }
        catch
        {
            Readers?.Dispose();
            _cursor?.Dispose();
            writer.Dispose();
            throw;
        }
    }

    public WriterContext Writer { get; }

    public Appender Appender { get; }

    public TombstonePurger Tombstones { get; }

    public StoreReaderPool Readers { get; }

    public Func<StoreSnapshot> CurrentSnapshot { get; }

    /// <summary>The running calls of this store.</summary>
    public StoreCallCounter Calls { get; }

    /// <summary>Applies retention, removes some hidden entries, and returns some space to the file system.</summary>
    /// <returns>True if there can be more to do.</returns>
    public bool Maintain()
    {
        try
        {
            _clock.Step();
        }
        catch (LogStoreException)
        {
            _purger.Step(); // if the disk is full, this frees space
            throw;
        }

        _walTruncator.Step();
        var moved = _retention.ApplyAgeAndCount();
        var removed = _purger.Step() | Tombstones.Step();
        moved |= _retention.ApplySize();
        return moved | removed | _vacuum.Step();
    }

    /// <summary>Closes the database. <see cref="Calls"/> calls this method when no call runs.</summary>
    public void Dispose()
    {
        Readers.Dispose();
        try
        {
            // All assigned ids are known now, so the next start need not skip the reserved ids that are left.
            if (Writer.Sequence.ReservedIdLimit >= Writer.Sequence.NextId) StoreStatements.SetReservedIdLimit(Writer.Database, Writer.Sequence.NextId - 1);
        }
        catch (LogStoreException)
        {
            // The higher limit stays. It only causes a larger gap in the ids.
        }

        try
        {
            _cursor.Dispose();
            Writer.Dispose();
        }
        finally
        {
            _lock.Dispose();
        }
    }
}
