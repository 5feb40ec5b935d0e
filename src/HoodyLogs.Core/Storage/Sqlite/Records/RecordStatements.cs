using HoodyLogs.Storage.Bodies;
using HoodyLogs.Storage.Sqlite.Database;

namespace HoodyLogs.Storage.Sqlite.Records;

/// <summary>The writer's statements on the table <c>records</c>. Once the buffer has grown, inserting allocates nothing.</summary>
internal sealed class RecordStatements(SqliteDatabase database) : IDisposable
{
    private readonly SqliteStatement _insert = database.Prepare("INSERT INTO records (id, data) VALUES (?1, ?2)");

    private readonly SqliteStatement _selectNth = database.Prepare(
        "SELECT max(id) FROM (SELECT id FROM records WHERE id < ?1 ORDER BY id LIMIT ?2)");

    private readonly SqliteStatement _deleteUpTo = database.Prepare("DELETE FROM records WHERE id <= ?1");
    private readonly SqliteStatement _select = database.Prepare("SELECT data FROM records WHERE id = ?1");
    private readonly SqliteStatement _delete = database.Prepare("DELETE FROM records WHERE id = ?1");
    private byte[] _scratch = new byte[4096];

    /// <summary>Inserts a record that has an id, with the location of its bodies.</summary>
    public IndexedRow Insert(LogRecord record, BodyLocation bodies)
    {
        var maxSize = RecordCodec.MaxSize(record);
        if (_scratch.Length < maxSize) _scratch = new byte[maxSize];
        var encoded = new VarintWriter(_scratch);
        var hash = RecordCodec.Write(record, bodies, ref encoded);
        _insert.Bind(1, record.Id).ExecuteWithBlob(2, _scratch.AsSpan(0, encoded.Length));

        var endMs = record.TimestampMs + (record.DurationUs / 1000);
        return new IndexedRow(record.Id, record.LastId, record.Series!.Number, hash, record.TimestampMs, endMs, record.IngestedAtUs);
    }

    /// <summary>Deletes the oldest rows below the retention floor.</summary>
    /// <returns>The id of the last deleted row. 0 if there was none.</returns>
    public long DeleteBelow(long retentionFloor, int rows)
    {
        var last = _selectNth.Bind(1, retentionFloor).Bind(2, rows).Step() ? _selectNth.GetInt64(0) : 0;
        _selectNth.Reset();
        if (last > 0) _deleteUpTo.Bind(1, last).Execute();
        return last;
    }

    /// <summary>Returns the location of a record's bodies. Null if the record has none or does not exist.</summary>
    public BodyLocation? FindBodies(long id)
    {
        try
        {
            if (!_select.Bind(1, id).Step()) return null;
            RecordCodec.ReadHead(_select.GetBytes(0), id, out var fields);
            if (!fields.Flags.HasBodies) return null;
            RecordCodec.ReadRest(id, ref fields);
            return fields.Bodies;
        }
        finally
        {
            _select.Reset();
        }
    }

    /// <summary>Deletes a record if it exists.</summary>
    public void Delete(long id) => _delete.Bind(1, id).Execute();

    public void Dispose()
    {
        _insert.Dispose();
        _selectNth.Dispose();
        _deleteUpTo.Dispose();
        _select.Dispose();
        _delete.Dispose();
    }
}

/// <summary>The values of a row that the segment index needs.</summary>
internal readonly record struct IndexedRow(long Id, long LastId, int Series, uint TraceHash, long MinTsMs, long MaxTsMs, long IngestedUs);
