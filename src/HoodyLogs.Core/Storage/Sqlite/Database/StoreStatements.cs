using HoodyLogs.Storage.Sqlite.Diagnostics;

namespace HoodyLogs.Storage.Sqlite.Database;

/// <summary>The statements about the one row that tells where the store stands.</summary>
internal static class StoreStatements
{
    /// <summary>Makes a deferred transaction begin: the least read there is.</summary>
    public const string PinSnapshot = "SELECT id FROM store";

    /// <summary>Makes the row of a new file.</summary>
    public static void Insert(SqliteDatabase database, StoreRow row)
    {
        using var insert = database.Prepare(
            "INSERT INTO store (id, ceiling, horizon, ingested_us, signing_key) VALUES (1, ?1, ?2, ?3, ?4)");
        insert.Bind(1, row.ReservedIdLimit).Bind(2, row.RetentionFloor).Bind(3, row.LastIngestedUs).BindBlob(4, row.SigningKey).Execute();
    }

    public static StoreRow Load(SqliteDatabase database)
    {
        using var select = database.Prepare("SELECT ceiling, horizon, ingested_us, signing_key FROM store");
        if (!select.Step()) throw StoreDamage.InFile("The log database has lost its own state: the file is damaged.");
        return new StoreRow(select.GetInt64(0), select.GetInt64(1), select.GetInt64(2), select.GetBytes(3).ToArray());
    }

    public static void SetReservedIdLimit(SqliteDatabase database, long ceiling)
    {
        using var update = database.Prepare("UPDATE store SET ceiling = ?1");
        update.Bind(1, ceiling).Execute();
    }

    public static void SetRetentionFloor(SqliteDatabase database, long horizon)
    {
        using var update = database.Prepare("UPDATE store SET horizon = ?1");
        update.Bind(1, horizon).Execute();
    }

    /// <summary>Keeps the greatest time of ingestion, before rows that carry it may be removed.</summary>
    public static void SetLastIngestedUs(SqliteDatabase database, long ingestedUs)
    {
        using var update = database.Prepare("UPDATE store SET ingested_us = ?1");
        update.Bind(1, ingestedUs).Execute();
    }
}

/// <summary>Where the store stands; see <see cref="Schema.CreateTables"/>.</summary>
internal sealed record StoreRow(long ReservedIdLimit, long RetentionFloor, long LastIngestedUs, byte[] SigningKey);
