using System.Text.Json;
using HoodyLogs.Storage.Bodies;
using HoodyLogs.Storage.Files;
using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.Storage.Sqlite.Diagnostics;
using HoodyLogs.Storage.Sqlite.Files;
using HoodyLogs.Storage.Sqlite.Segments;
using HoodyLogs.Storage.Time;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.Storage.Sqlite;

/// <summary>
/// Locks and opens the database. If it is damaged, moves it aside and creates a new one. A failed attempt leaves nothing open, so it can be repeated.
/// </summary>
internal sealed class StoreOpener(SqliteStoreSettings settings, Func<RetentionOptions> retention, TrustedClock clock, TimeProvider time, ILogger logger) : IDisposable
{
    private DirectoryInfo? _temporary;

    /// <summary>The path to which a damaged database was moved. Null if there was none.</summary>
    public string? MovedAsidePath { get; private set; }

    /// <summary>Tries to open the database once. Does not wait for another process.</summary>
    /// <exception cref="LogStoreException">The database cannot be opened. The message names the cause and the remedy.</exception>
    public StoreEngine Open()
    {
        var path = settings.Path;
        try
        {
            path = settings.IsTemporary ? CreateTemporaryFolder() : ResolvedPath.Resolve(path);
            return Open(path);
        }
        catch (Exception failure) when (OpenFailure.CanExplain(failure))
        {
            throw OpenFailure.Explain(path, failure);
        }
    }

    /// <summary>Creates the event that reports the moved database. Null if none was moved.</summary>
    public LogRecord? CreateMovedAsideEvent(string path)
    {
        if (MovedAsidePath is not { } movedTo) return null;
        var message = JsonEncodedText.Encode($"The log database {path} was damaged. It was moved to {movedTo}, and a new database was created.");
        return new LogRecord
        {
            Shape = RecordShape.Event,
            Level = EntryLevel.Error,
            TimestampMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            OwnRequestData = [.. "\"message\":\""u8, .. message.EncodedUtf8Bytes, .. "\""u8],
        };
    }

    /// <summary>Deletes the folder of a temporary store.</summary>
    public void Dispose()
    {
        try
        {
            _temporary?.Delete(recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            StoreMessages.TemporaryFolderLeft(logger, _temporary!.FullName, failure);
        }

        _temporary = null;
    }

    private string CreateTemporaryFolder() => Path.Combine((_temporary ??= Directory.CreateTempSubdirectory("hoodylogs-")).FullName, "logs.db");

    private StoreEngine Open(string path)
    {
        if (Directory.Exists(path))
        {
            throw new LogStoreException($"The log database {path} is a folder. Set ProxyLogs:Sqlite:Database to a file, for example {Path.Combine(path, "logs.db")}.")
            {
                IsMisconfiguration = true,
            };
        }

        PrivateFiles.CreateFolderOf(path);

        // Checked before the lock creates such files. A write-ahead log proves nothing, because databases of other programs have one too.
        var wasOurs = FileLock.HasFiles(path) || BodyFiles.Exist(path);
        var fileLock = FileLock.Acquire(path);
        try
        {
            return Open(path, fileLock, wasOurs);
        }
        catch
        {
            if (wasOurs) fileLock.Dispose();
            else fileLock.Delete(); // otherwise the next attempt would treat the database file as one of HoodyLogs
            throw;
        }
    }

    private StoreEngine Open(string path, FileLock fileLock, bool wasOurs)
    {
        if (!wasOurs && !StoreFile.HasSqliteHeader(path)) throw StoreFile.NotAStore(path, "is not a SQLite database");
        try
        {
            return Load(path, fileLock);
        }
        catch (LogStoreException damage) when (StoreDamage.IsDamage(damage))
        {
            if (!wasOurs && !StoreFile.HasStoreHeader(path)) throw StoreFile.NotAStore(path, "is a damaged database, and there is no sign that HoodyLogs created it");
            MovedAsidePath = StoreFile.MoveAside(path, time.GetUtcNow());
            StoreMessages.DatabaseMovedAside(logger, path, MovedAsidePath, damage);
            return Load(path, fileLock);
        }
    }

    private StoreEngine Load(string path, FileLock fileLock)
    {
        // Ids must never be assigned twice. A file that was moved aside may have used ids, even if an earlier attempt to create the new file failed.
        var afterId = StoreFile.HasMovedAsideFiles(path) ? time.GetUtcNow().ToUnixTimeMilliseconds() * 1000 : settings.BeforeFirstId;
        var database = StoreFile.Open(path, afterId);
        try
        {
            BackupMarker.RaiseIdsAndRemove(database, time.GetUtcNow());
            var writer = StoreLoader.Load(
                database, BodyFiles.Open(path, retention), settings with { Path = path }, new SegmentCache(settings.CachedIndexes), clock);
            return new StoreEngine(writer, fileLock, retention, clock, time, logger);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }
}
