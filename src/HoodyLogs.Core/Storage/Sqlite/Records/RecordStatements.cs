using HoodyLogs.Storage.Bodies;
using HoodyLogs.Storage.Sqlite.Database;

namespace HoodyLogs.Storage.Sqlite.Records;

/// <summary>The writer's statements about records. Inserting takes no allocation once the scratch buffer has grown.</summary>
internal sealed class RecordStatements(SqliteDatabase database) : IDisposable
{
    private readonly SqliteStatement _insert = database.Prepare("INSERT INTO records (id, data) VALUES (?1, ?2)");

    private readonly SqliteStatement _nthRecord = database.Prepare(
        "SELECT max(id) FROM (SELECT id FROM records WHERE id < ?1 ORDER BY id LIMIT ?2)");

    private readonly SqliteStatement _deleteRecords = database.Prepare("DELETE FROM records WHERE id <= ?1");
    private readonly SqliteStatement _select = database.Prepare("SELECT data FROM records WHERE id = ?1");
    private readonly SqliteStatement _deleteRecord = database.Prepare("DELETE FROM records WHERE id = ?1");
    private byte[] _scratch = new byte[4096];

    /// <summary>Stores a numbered record, and where its bodies are, if it has any.</summary>
    public IndexedRow Insert(LogRecord record, BodyLocation bodies)
    {
        var maxSize = RecordCodec.MaxSize(record);
        if (_scratch.Length < maxSize) _scratch = new byte[maxSize];
        var packed = new VarintWriter(_scratch);
        var hash = RecordCodec.Write(record, bodies, ref packed);
        _insert.Bind(1, record.Id).RunWith(2, _scratch.AsSpan(0, packed.Length));

        var endMs = record.TimestampMs + (record.DurationUs / 1000);
        return new IndexedRow(record.Id, record.LastId, record.Series!.Number, hash, record.TimestampMs, endMs, record.IngestedAtUs);
    }

    /// <summary>Removes the oldest rows below a horizon.</summary>
    /// <returns>The id of the last row that was removed; 0 where there was none.</returns>
    public long RemoveRecordsBelow(long horizon, int rows)
    {
        var last = _nthRecord.Bind(1, horizon).Bind(2, rows).Step() ? _nthRecord.Int64(0) : 0;
        _nthRecord.Reset();
        if (last > 0) _deleteRecords.Bind(1, last).Run();
        return last;
    }

    /// <summary>Where the bodies of a record are; null where it has none, or is not there.</summary>
    public BodyLocation? BodiesOf(long id)
    {
        try
        {
            if (!_select.Bind(1, id).Step()) return null;
            RecordCodec.ReadHead(_select.Bytes(0), id, out var fields);
            if (!fields.Flags.HasBodies) return null;
            RecordCodec.ReadRest(id, ref fields);
            return fields.Bodies;
        }
        finally
        {
            _select.Reset();
        }
    }

    /// <summary>Removes one record, if it is there.</summary>
    public void Remove(long id) => _deleteRecord.Bind(1, id).Run();

    public void Dispose()
    {
        _insert.Dispose();
        _nthRecord.Dispose();
        _deleteRecords.Dispose();
        _select.Dispose();
        _deleteRecord.Dispose();
    }
}
