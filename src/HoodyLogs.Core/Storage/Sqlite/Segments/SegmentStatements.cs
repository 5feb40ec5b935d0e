using System.Runtime.InteropServices;
using HoodyLogs.Storage.Sqlite.Database;

namespace HoodyLogs.Storage.Sqlite.Segments;

/// <summary>The writer's statements on the tables <c>segments</c> and <c>segment_index</c>.</summary>
internal sealed class SegmentStatements(SqliteDatabase database) : IDisposable
{
    private const string ReadChunkSql = "SELECT data FROM segment_index WHERE key = ?1";

    private readonly SqliteStatement _insert = database.Prepare(
        "INSERT INTO segments (number, first_id, last_id, min_ts_ms, max_ts_ms, max_ingested_us, series, starts, trace_starts) " +
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");

    private readonly SqliteStatement _delete = database.Prepare("DELETE FROM segments WHERE number = ?1");

    public SqliteStatement InsertChunk { get; } = database.Prepare("INSERT INTO segment_index (key, data) VALUES (?1, ?2)");

    public SqliteStatement DeleteChunks { get; } = database.Prepare("DELETE FROM segment_index WHERE key >= ?1 AND key < ?2");

    public SqliteStatement ReadChunk { get; } = PrepareReadChunk(database);

    public static SqliteStatement PrepareReadChunk(SqliteDatabase database) => database.Prepare(ReadChunkSql);

    /// <summary>Reads all segments, oldest first.</summary>
    public static List<Segment> Load(SqliteDatabase database)
    {
        using var select = database.Prepare(
            "SELECT number, first_id, last_id, min_ts_ms, max_ts_ms, max_ingested_us, series, starts, trace_starts FROM segments ORDER BY number");
        var segments = new List<Segment>();
        while (select.Step())
        {
            segments.Add(new Segment(
                select.GetInt32(0), select.GetInt64(1), select.GetInt64(2), select.GetInt64(3), select.GetInt64(4), select.GetInt64(5),
                MemoryMarshal.Cast<byte, int>(select.GetBytes(6)).ToArray(),
                MemoryMarshal.Cast<byte, int>(select.GetBytes(7)).ToArray(),
                MemoryMarshal.Cast<byte, uint>(select.GetBytes(8)).ToArray()));
        }

        return segments;
    }

    public void Insert(Segment segment) => _insert
        .Bind(1, segment.Number).Bind(2, segment.FirstId).Bind(3, segment.LastId)
        .Bind(4, segment.MinTsMs).Bind(5, segment.MaxTsMs).Bind(6, segment.MaxIngestedUs)
        .BindBlob(7, MemoryMarshal.AsBytes<int>(segment.Series))
        .BindBlob(8, MemoryMarshal.AsBytes<int>(segment.Starts))
        .BindBlob(9, MemoryMarshal.AsBytes<uint>(segment.TraceStarts))
        .Execute();

    public void Delete(int number) => _delete.Bind(1, number).Execute();

    public void Dispose()
    {
        _insert.Dispose();
        _delete.Dispose();
        InsertChunk.Dispose();
        DeleteChunks.Dispose();
        ReadChunk.Dispose();
    }
}
