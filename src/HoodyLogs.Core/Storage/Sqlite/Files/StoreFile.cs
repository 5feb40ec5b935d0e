using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using HoodyLogs.Storage.Bodies;
using HoodyLogs.Storage.Files;
using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.Storage.Sqlite.Diagnostics;

namespace HoodyLogs.Storage.Sqlite.Files;

/// <summary>Creates, opens and checks the database file, and moves it aside if it is damaged.</summary>
internal static class StoreFile
{
    private const string MovedAsideSuffix = ".corrupt-";
    private const int HeaderBytes = 100;
    private const int ApplicationIdOffset = 68;

    private static ReadOnlySpan<byte> Magic => "SQLite format 3\0"u8;

    /// <summary>Opens the file for writing. Creates the tables if the file is empty.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="afterId">The ids of a new file begin after this id.</param>
    /// <exception cref="LogStoreException">
    /// The file is damaged (<see cref="StoreDamage.IsDamage"/>), has another version, belongs to another program, or cannot be created.
    /// </exception>
    public static SqliteDatabase Open(string path, long afterId)
    {
        // The permissions of the database file apply to its write-ahead log too.
        using (new FileStream(path, PrivateFiles.Options(FileMode.OpenOrCreate, FileShare.ReadWrite)))
        {
        }

        var database = SqliteDatabase.OpenWriter(path);
        try
        {
            if (database.ExecuteScalar("SELECT count(*) FROM sqlite_master") == 0) Create(database, path, afterId);
            else CheckVersion(database, path);
            database.Execute(Schema.WriterPragmas);
            if (database.ExecuteScalar("SELECT count(*) FROM sqlite_master WHERE name = 'unverified_series'") == 0) database.Execute(Schema.CreateUnverifiedSeries);
            database.Execute(Schema.CreateTimeCorrections);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Returns whether the file has the header of a SQLite database. True for a missing or empty file, which becomes a database.</summary>
    public static bool HasSqliteHeader(string path) => ReadHeader(path) is var header && (header.Length == 0 || header.AsSpan().StartsWith(Magic));

    /// <summary>Returns whether the file has the header of a HoodyLogs database.</summary>
    public static bool HasStoreHeader(string path) => ReadHeader(path) is { Length: HeaderBytes } header && header.AsSpan().StartsWith(Magic)
        && BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(ApplicationIdOffset)) == Schema.ApplicationId;

    /// <summary>Creates the exception for a configured path that names a file of another program.</summary>
    public static LogStoreException NotAStore(string path, string problem) =>
        new($"{path} {problem}. The file was not changed. Set ProxyLogs:Sqlite:Database to another file.") { IsMisconfiguration = true };

    /// <summary>Returns whether a damaged database with this path was moved aside before.</summary>
    public static bool HasMovedAsideFiles(string path)
    {
        var start = Path.GetFileName(path) + MovedAsideSuffix;
        return Directory.EnumerateFiles(Path.GetDirectoryName(path)!).Any(file => Path.GetFileName(file).StartsWith(start, StringComparison.Ordinal));
    }

    /// <summary>Renames the file, its write-ahead log and its bodies.</summary>
    /// <returns>The new path of the database file.</returns>
    public static string MoveAside(string path, DateTimeOffset now)
    {
        var movedTo = $"{path}{MovedAsideSuffix}{now.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture)}";
        foreach (var suffix in new[] { "", "-wal", "-shm" })
        {
            if (File.Exists(path + suffix)) File.Move(path + suffix, movedTo + suffix);
        }

        BodyFiles.Move(path, movedTo);
        return movedTo;
    }

    // Call this only with the lock file held: closing any handle of a file releases all locks that SQLite in this process has on it.
    private static byte[] ReadHeader(string path)
    {
        if (!File.Exists(path)) return [];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var header = new byte[HeaderBytes];
        return header[..file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false)];
    }

    private static void Create(SqliteDatabase database, string path, long afterId)
    {
        BodyFiles.DeleteAll(path);
        database.Execute(Schema.FilePragmas);
        database.Execute("PRAGMA journal_mode = WAL");
        database.RunInTransaction(
            () =>
            {
                database.Execute(Schema.CreateTables);
                database.Execute(Schema.CreateUnverifiedSeries);
                database.Execute($"PRAGMA application_id = {Schema.ApplicationId}; PRAGMA user_version = {Schema.Version};");
                var retentionFloor = afterId + 1;
                StoreStatements.Insert(database, new StoreRow(afterId, retentionFloor, 0, RandomNumberGenerator.GetBytes(32)));
            },
            durable: true);
    }

    private static void CheckVersion(SqliteDatabase database, string path)
    {
        if (database.ExecuteScalar("PRAGMA application_id") != Schema.ApplicationId)
        {
            throw NotAStore(path, "is a SQLite database of another program");
        }

        var version = database.ExecuteScalar("PRAGMA user_version");
        if (version != Schema.Version)
        {
            throw new LogStoreException(
                $"The log database {path} has schema version {version}, but this version of HoodyLogs needs {Schema.Version}. The file was not changed. " +
                "Use the version that created it, or set ProxyLogs:Sqlite:Database to another file.");
        }
    }
}
