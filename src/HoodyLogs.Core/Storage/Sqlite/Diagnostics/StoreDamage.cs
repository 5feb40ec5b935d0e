using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace HoodyLogs.Storage.Sqlite.Diagnostics;

/// <summary>Creates and recognizes the exceptions that report a damaged database file.</summary>
internal static class StoreDamage
{
    private const int PrimaryCodeMask = 0xFF; // an extended result code has the primary code in its lowest byte

    /// <summary>Returns whether the failure means that the file is damaged or is not a SQLite database.</summary>
    public static bool IsDamage(LogStoreException failure) =>
        failure.InnerException is InvalidDataException
        || (failure.InnerException is SqliteException sqlite && (sqlite.SqliteErrorCode & PrimaryCodeMask) is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB);

    /// <summary>Creates the exception for a file whose content is inconsistent.</summary>
    public static LogStoreException InFile(string message) => new(message, new InvalidDataException(message));

    /// <summary>Creates the exception for one damaged row.</summary>
    /// <param name="id">The id of the row.</param>
    /// <param name="problem">The end of the sentence that begins with "Row 5 of the log database".</param>
    public static LogStoreException InRow(long id, string problem)
    {
        var message = $"Row {id} of the log database {problem}: the file is damaged.";
        return new LogStoreException(message, new InvalidDataException(message)) { DamagedId = id };
    }
}
