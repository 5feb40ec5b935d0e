using System.Text;
using HoodyLogs.Entries;
using HoodyLogs.Storage.Bodies;

namespace HoodyLogs.Storage.Sqlite;

/// <summary>The writer's statements about records. Inserting takes no allocation once the scratch buffer has grown.</summary>
internal sealed class RecordStatements(SqliteDatabase database) : IDisposable
{
    private readonly SqliteStatement _insert = database.Prepare(
        "INSERT INTO records (id, series, ts_ms, duration_us, lag_us, flags, status, bytes_in, bytes_out, trace, url, client_ip, user_agent, " +
        "request_data, response_data, bodies) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)");

    private readonly SqliteStatement _nthRecord = database.Prepare(
        "SELECT max(id) FROM (SELECT id FROM records WHERE id < ?1 ORDER BY id LIMIT ?2)");

    private readonly SqliteStatement _deleteRecords = database.Prepare("DELETE FROM records WHERE id <= ?1");
    private readonly SqliteStatement _bodiesOf = database.Prepare("SELECT bodies FROM records WHERE id = ?1");
    private readonly SqliteStatement _deleteRecord = database.Prepare("DELETE FROM records WHERE id = ?1");
    private byte[] _scratch = new byte[4096];

    /// <summary>Stores a numbered record, and where its bodies are.</summary>
    public IndexedRow Insert(LogRecord record, BodyPlace? bodies)
    {
        var hash = BindTrace(record, out var isUuid);
        var endUs = (record.TimestampMs * 1000) + record.DurationUs;
        _insert.Bind(1, record.Id).Bind(2, record.Series!.Number).Bind(3, record.TimestampMs).Bind(4, record.DurationUs)
            .Bind(5, record.IngestedAtUs - endUs).Bind(6, RecordFlags.Of(record, isUuid).Value).Bind(7, record.Status);
        BindCount(8, record.BytesIn);
        BindCount(9, record.BytesOut);
        BindText(11, record.Url);
        BindText(12, record.ClientIp);
        BindText(13, record.UserAgent);
        BindText(14, record.RequestData);
        BindText(15, record.ResponseData);
        BindPlace(16, bodies);
        _insert.Run();

        var endMs = record.TimestampMs + (record.DurationUs / 1000);
        return new IndexedRow(record.Id, record.LastId, record.Series.Number, hash, record.TimestampMs, endMs, record.IngestedAtUs);
    }

    /// <summary>Removes the oldest rows below a horizon.</summary>
    /// <returns>Whether there were any.</returns>
    public bool RemoveRecordsBelow(long horizon, int rows)
    {
        var last = _nthRecord.Bind(1, horizon).Bind(2, rows).Step() ? _nthRecord.Int64(0) : 0;
        _nthRecord.Reset();
        if (last == 0) return false;
        _deleteRecords.Bind(1, last).Run();
        return true;
    }

    /// <summary>Where the bodies of a record are; null where it has none, or is not there.</summary>
    public BodyPlace? BodiesOf(long id)
    {
        BodyPlace? place = _bodiesOf.Bind(1, id).Step() && !_bodiesOf.IsNull(0) ? BodyPlace.Read(_bodiesOf.Bytes(0)) : null;
        _bodiesOf.Reset();
        return place;
    }

    /// <summary>Removes one record, if it is there.</summary>
    public void Remove(long id) => _deleteRecord.Bind(1, id).Run();

    public void Dispose()
    {
        _insert.Dispose();
        _nthRecord.Dispose();
        _deleteRecords.Dispose();
        _bodiesOf.Dispose();
        _deleteRecord.Dispose();
    }

    private void BindPlace(int parameter, BodyPlace? bodies)
    {
        if (bodies is not { } place)
        {
            _insert.BindNull(parameter);
            return;
        }

        Span<byte> stored = stackalloc byte[BodyPlace.Size];
        place.Write(stored);
        _insert.BindBlob(parameter, stored);
    }

    private uint BindTrace(LogRecord record, out bool isUuid)
    {
        const int Parameter = 10;
        Span<byte> packed = stackalloc byte[TraceIds.Bytes];
        isUuid = record.TraceUuid != default && record.TraceUuid.TryWriteBytes(packed, bigEndian: true, out _);
        var trace = isUuid ? null : record.TraceId;
        if (!isUuid && string.IsNullOrEmpty(trace))
        {
            _insert.BindNull(Parameter);
            return 0;
        }

        if (isUuid || TraceIds.TryPack(trace, packed, out isUuid))
        {
            _insert.BindBlob(Parameter, packed);
            return TraceIds.Hash(packed);
        }

        isUuid = false;
        var utf8 = Encode(trace!);
        _insert.BindText(Parameter, utf8);
        return TraceIds.HashText(utf8);
    }

    private void BindCount(int parameter, long count)
    {
        if (count < 0) _insert.BindNull(parameter);
        else _insert.Bind(parameter, count);
    }

    private void BindText(int parameter, string? text)
    {
        if (string.IsNullOrEmpty(text)) _insert.BindNull(parameter);
        else _insert.BindText(parameter, Encode(text));
    }

    private void BindText(int parameter, byte[]? utf8)
    {
        if (utf8 is null or []) _insert.BindNull(parameter);
        else _insert.BindText(parameter, utf8);
    }

    private ReadOnlySpan<byte> Encode(string text)
    {
        if (_scratch.Length < Encoding.UTF8.GetMaxByteCount(text.Length)) _scratch = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return _scratch.AsSpan(0, Encoding.UTF8.GetBytes(text, _scratch));
    }
}
