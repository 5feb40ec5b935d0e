using HoodyLogs.Storage.Sqlite.Diagnostics;

namespace HoodyLogs.Storage.Sqlite.Database;

/// <summary>The statements on the table <c>store</c>.</summary>
internal static class StoreStatements
{
    /// <summary>The cheapest read. It fixes the snapshot of a deferred transaction.</summary>
    public const string PinSnapshot = "SELECT id FROM store";

    /// <summary>Inserts the row of a new file.</summary>
    public static void Insert(SqliteDatabase database, StoreRow row)
    {
        using var insert = database.Prepare(
            "INSERT INTO store (id, ceiling, horizon, ingested_us, signing_key) VALUES (1, ?1, ?2, ?3, ?4)");
        insert.Bind(1, row.ReservedIdLimit).Bind(2, row.RetentionFloor).Bind(3, row.LastIngestedUs).BindBlob(4, row.SigningKey).Execute();
    }

    public static StoreRow Load(SqliteDatabase database)
    {
        using var select = database.Prepare("SELECT ceiling, horizon, ingested_us, signing_key FROM store");
        if (!select.Step()) throw StoreDamage.InFile("The log database has no row in the table store: the file is damaged.");
        return new StoreRow(select.GetInt64(0), select.GetInt64(1), select.GetInt64(2), select.GetBytes(3).ToArray());
    }

    public static void SetReservedIdLimit(SqliteDatabase database, long reservedIdLimit)
    {
        using var update = database.Prepare("UPDATE store SET ceiling = ?1");
        update.Bind(1, reservedIdLimit).Execute();
    }

    public static void SetRetentionFloor(SqliteDatabase database, long retentionFloor)
    {
        using var update = database.Prepare("UPDATE store SET horizon = ?1");
        update.Bind(1, retentionFloor).Execute();
    }

    /// <summary>Saves the highest ingestion time. This must happen before the rows with this time can be removed.</summary>
    public static void SetLastIngestedUs(SqliteDatabase database, long ingestedUs)
    {
        using var update = database.Prepare("UPDATE store SET ingested_us = ?1");
        update.Bind(1, ingestedUs).Execute();
    }
}

/// <summary>The row of the table <c>store</c>. See <see cref="Schema.CreateTables"/>.</summary>
internal sealed record StoreRow(long ReservedIdLimit, long RetentionFloor, long LastIngestedUs, byte[] SigningKey);
