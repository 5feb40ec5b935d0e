using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using HoodyLogs.Storage.Bodies;
using HoodyLogs.Storage.Files;
using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.Storage.Sqlite.Diagnostics;

namespace HoodyLogs.Storage.Sqlite.Files;

/// <summary>The database file: created, opened, checked, and moved aside where it is damaged.</summary>
internal static class StoreFile
{
    private const string MovedAsideSuffix = ".corrupt-";
    private const int HeaderBytes = 100;
    private const int ApplicationIdOffset = 68;

    private static ReadOnlySpan<byte> Magic => "SQLite format 3\0"u8;

    /// <summary>Opens the file for writing, making its tables where it is empty.</summary>
    /// <param name="path">The file.</param>
    /// <param name="afterId">In a new file, ids begin after this one.</param>
    /// <exception cref="LogStoreException">It is damaged (<see cref="StoreDamage.IsDamage"/>), of another version, not a store, or cannot be created.</exception>
    public static SqliteDatabase Open(string path, long afterId)
    {
        // SQLite gives its write-ahead log the mode of the database file.
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

    /// <summary>Whether the beginning of a file says that it is a database of SQLite, or will be one: it is missing or empty.</summary>
    public static bool HasSqliteHeader(string path) => ReadHeader(path) is var header && (header.Length == 0 || header.AsSpan().StartsWith(Magic));

    /// <summary>Whether the beginning of a file says that it is a database of HoodyLogs.</summary>
    public static bool HasStoreHeader(string path) => ReadHeader(path) is { Length: HeaderBytes } header && header.AsSpan().StartsWith(Magic)
        && BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(ApplicationIdOffset)) == Schema.ApplicationId;

    /// <summary>The configuration names a file of somebody else.</summary>
    public static LogStoreException NotADatabaseOfOurs(string path, string what) =>
        new($"{path} {what}. It was left as it is. Set ProxyLogs:Database to another file.") { IsMisconfiguration = true };

    /// <summary>Whether a file of this name was moved out of the way before.</summary>
    public static bool HasMovedAsideFiles(string path)
    {
        var start = Path.GetFileName(path) + MovedAsideSuffix;
        return Directory.EnumerateFiles(Path.GetDirectoryName(path)!).Any(file => Path.GetFileName(file).StartsWith(start, StringComparison.Ordinal));
    }

    /// <summary>Moves the file and what belongs to it out of the way.</summary>
    /// <returns>Where the file is now.</returns>
    public static string MoveAside(string path, DateTimeOffset now)
    {
        var aside = $"{path}{MovedAsideSuffix}{now.UtcDateTime.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture)}";
        foreach (var suffix in new[] { "", "-wal", "-shm" })
        {
            if (File.Exists(path + suffix)) File.Move(path + suffix, aside + suffix);
        }

        BodyFiles.Move(path, aside);
        return aside;
    }

    // Only for the holder of the file's lock: closing a file releases all locks that this process, and SQLite in it, has on the file.
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
                var horizon = afterId + 1;
                StoreStatements.Insert(database, new StoreRow(afterId, horizon, 0, RandomNumberGenerator.GetBytes(32)));
            },
            durable: true);
    }

    private static void CheckVersion(SqliteDatabase database, string path)
    {
        if (database.ExecuteScalar("PRAGMA application_id") != Schema.ApplicationId)
        {
            throw NotADatabaseOfOurs(path, "is a SQLite database, but not one of HoodyLogs");
        }

        var version = database.ExecuteScalar("PRAGMA user_version");
        if (version != Schema.Version)
        {
            throw new LogStoreException(
                $"The log database {path} has schema version {version}, this program takes {Schema.Version}: it was left as it is. " +
                "Use the program that wrote it, or name another file.");
        }
    }
}
