using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace HoodyLogs.Storage.Sqlite.Database;

/// <summary>Turns result codes of SQLite into exceptions.</summary>
internal static class SqliteError
{
    /// <summary>Returns if the result code means success.</summary>
    /// <param name="result">The result code of a call.</param>
    /// <param name="database">The connection of the call. It has the error message.</param>
    /// <exception cref="LogStoreException">The call failed. The inner exception is a <see cref="SqliteException"/>.</exception>
    public static void ThrowIfFailed(int result, sqlite3 database)
    {
        if (result is raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE) return;
        try
        {
            SqliteException.ThrowExceptionForRC(result, database);
        }
        catch (SqliteException failure)
        {
            throw new LogStoreException($"The log database failed: {failure.Message}", failure);
        }
    }
}
