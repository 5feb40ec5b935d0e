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
/// Locks the file of a store and opens it, or moves it aside and begins a new one if it is damaged. A try that fails leaves nothing open, so that it
/// can be repeated.
/// </summary>
internal sealed class StoreOpener(SqliteStoreSettings settings, Func<RetentionOptions> retention, TrustedClock clock, TimeProvider time, ILogger logger) : IDisposable
{
    private DirectoryInfo? _temporary;

    /// <summary>Where a damaged file was moved to; null if there was none.</summary>
    public string? MovedAsidePath { get; private set; }

    /// <summary>Tries once, without waiting for another process.</summary>
    /// <exception cref="LogStoreException">The file cannot be opened: the message says why and what to do.</exception>
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

    /// <summary>Deletes a temporary store.</summary>
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
            throw new LogStoreException($"The log database {path} is a folder: set ProxyLogs:Sqlite:Database to a file, such as {Path.Combine(path, "logs.db")}.")
            {
                IsMisconfiguration = true,
            };
        }

        PrivateFiles.CreateFolderOf(path);

        // Asked before the lock makes such a file itself. A write-ahead log proves nothing: databases of other programs have one too.
        var wasOurs = FileLock.HasFiles(path) || BodyFiles.Exist(path);
        var fileLock = FileLock.Acquire(path);
        try
        {
            return Open(path, fileLock, wasOurs);
        }
        catch
        {
            if (wasOurs) fileLock.Dispose();
            else fileLock.Delete(); // else the next try would take the file beside it for ours
            throw;
        }
    }

    private StoreEngine Open(string path, FileLock fileLock, bool wasOurs)
    {
        if (!wasOurs && !StoreFile.HasSqliteHeader(path)) throw StoreFile.NotADatabaseOfOurs(path, "is not a database");
        try
        {
            return Load(path, fileLock);
        }
        catch (LogStoreException damage) when (StoreDamage.IsDamage(damage))
        {
            if (!wasOurs && !StoreFile.HasStoreHeader(path)) throw StoreFile.NotADatabaseOfOurs(path, "is a damaged database, and nothing shows that HoodyLogs made it");
            MovedAsidePath = StoreFile.MoveAside(path, time.GetUtcNow());
            StoreMessages.DatabaseMovedAside(logger, path, MovedAsidePath, damage);
            return Load(path, fileLock);
        }
    }

    private StoreEngine Load(string path, FileLock fileLock)
    {
        // Ids are never given out twice, also if the try, or the process, that moved a file aside could not begin the new one.
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
