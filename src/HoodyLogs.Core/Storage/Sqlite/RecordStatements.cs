using System.Text;
using HoodyLogs.Entries;

namespace HoodyLogs.Storage.Sqlite;

/// <summary>The writer's statements about records and bodies. Inserting takes no allocation once the scratch buffer has grown.</summary>
internal sealed class RecordStatements(SqliteDatabase database) : IDisposable
{
    private readonly SqliteStatement _insert = database.Prepare(
        "INSERT INTO records (id, series, ts_ms, duration_us, lag_us, flags, status, bytes_in, bytes_out, trace, url, client_ip, user_agent, " +
        "request_data, response_data) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)");

    private readonly SqliteStatement _insertBody = database.Prepare("INSERT INTO bodies (id, request, response) VALUES (?1, ?2, ?3)");

    private readonly SqliteStatement _bodySizes = database.Prepare(
        "SELECT id, ifnull(length(request), 0) + ifnull(length(response), 0) FROM bodies WHERE id < ?1 ORDER BY id LIMIT ?2");

    private readonly SqliteStatement _nthRecord = database.Prepare(
        "SELECT max(id) FROM (SELECT id FROM records WHERE id < ?1 ORDER BY id LIMIT ?2)");

    private readonly SqliteStatement _deleteBodies = database.Prepare("DELETE FROM bodies WHERE id <= ?1");
    private readonly SqliteStatement _deleteRecords = database.Prepare("DELETE FROM records WHERE id <= ?1");
    private readonly SqliteStatement _deleteBody = database.Prepare("DELETE FROM bodies WHERE id = ?1");
    private readonly SqliteStatement _deleteRecord = database.Prepare("DELETE FROM records WHERE id = ?1");
    private byte[] _scratch = new byte[4096];

    /// <summary>Stores a numbered record with its bodies.</summary>
    public IndexedRow Insert(LogRecord record)
    {
        var hash = BindTrace(record.TraceId, out var isUuid);
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
        _insert.Run();
        if (record.RequestBody is not null || record.ResponseBody is not null) InsertBodies(record);

        var endMs = record.TimestampMs + (record.DurationUs / 1000);
        return new IndexedRow(record.Id, record.LastId, record.Series.Number, hash, record.TimestampMs, endMs, record.IngestedAtUs);
    }

    /// <summary>Removes the oldest bodies below a horizon, about so many bytes of them.</summary>
    /// <returns>Whether there were any.</returns>
    public bool RemoveBodiesBelow(long horizon, int rows, int bytes)
    {
        long last = 0;
        _bodySizes.Bind(1, horizon).Bind(2, rows);
        for (long size = 0; size <= bytes && _bodySizes.Step(); size += _bodySizes.Int64(1)) last = _bodySizes.Int64(0);
        _bodySizes.Reset();
        if (last == 0) return false;
        _deleteBodies.Bind(1, last).Run();
        return true;
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

    /// <summary>Removes one record with its bodies, if it is there.</summary>
    public void Remove(long id)
    {
        _deleteBody.Bind(1, id).Run();
        _deleteRecord.Bind(1, id).Run();
    }

    public void Dispose()
    {
        _insert.Dispose();
        _insertBody.Dispose();
        _bodySizes.Dispose();
        _nthRecord.Dispose();
        _deleteBodies.Dispose();
        _deleteRecords.Dispose();
        _deleteBody.Dispose();
        _deleteRecord.Dispose();
    }

    private void InsertBodies(LogRecord record)
    {
        _insertBody.Bind(1, record.Id);
        BindBody(2, record.RequestBody);
        BindBody(3, record.ResponseBody);
        _insertBody.Run();
    }

    private void BindBody(int parameter, CapturedBody? body)
    {
        if (body is null) _insertBody.BindNull(parameter);
        else if (body.IsText) _insertBody.BindText(parameter, body.Content.Span);
        else _insertBody.BindBlob(parameter, body.Content.Span);
    }

    private uint BindTrace(string? trace, out bool isUuid)
    {
        const int Parameter = 10;
        isUuid = false;
        if (string.IsNullOrEmpty(trace))
        {
            _insert.BindNull(Parameter);
            return 0;
        }

        Span<byte> packed = stackalloc byte[TraceIds.Bytes];
        if (TraceIds.TryPack(trace, packed, out isUuid))
        {
            _insert.BindBlob(Parameter, packed);
            return TraceIds.Hash(packed);
        }

        isUuid = false;
        var utf8 = Encode(trace);
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
