using System.Text.Unicode;
using HoodyLogs.Storage.Sqlite.Database;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace HoodyLogs.Benchmarks.Baselines;

/// <summary>The fastest inserts with SQLite: no index, one row per entry with the same content, through SQLitePCLRaw.</summary>
internal sealed class RawInserts : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly sqlite3_stmt _insert;
    private long _id;

    public RawInserts(string path)
    {
        _connection = new SqliteConnection($"Data Source={path};Pooling=False");
        _connection.Open();
        Execute(Schema.FilePragmas);
        Execute(Schema.WriterPragmas);
        Execute("""
            CREATE TABLE logs (
                id INTEGER PRIMARY KEY, traceId TEXT, tsMs INTEGER, kind TEXT, level TEXT, projectId TEXT, containerId TEXT,
                serviceName TEXT, method TEXT, url TEXT, clientIp TEXT, status INTEGER, data TEXT, source TEXT)
            """);
        raw.sqlite3_prepare_v2(_connection.Handle, "INSERT INTO logs VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", out _insert);
    }

    public void Append(ReadOnlySpan<LogRecord> batch)
    {
        Span<byte> scratch = stackalloc byte[256];
        Execute("BEGIN IMMEDIATE");
        foreach (var record in batch)
        {
            for (var face = 0; face < 2; face++)
            {
                raw.sqlite3_bind_int64(_insert, 1, ++_id);
                raw.sqlite3_bind_text(_insert, 2, record.TraceId);
                raw.sqlite3_bind_int64(_insert, 3, record.TimestampMs + (face * record.DurationUs / 1000));
                raw.sqlite3_bind_text(_insert, 4, face == 0 ? "request"u8 : "response"u8);
                raw.sqlite3_bind_text(_insert, 5, record.Level == EntryLevel.Error ? "error"u8 : "info"u8);
                raw.sqlite3_bind_text(_insert, 6, record.ProjectId);
                raw.sqlite3_bind_text(_insert, 7, record.ContainerId);
                raw.sqlite3_bind_text(_insert, 8, record.ServiceName);
                raw.sqlite3_bind_text(_insert, 9, record.Method);
                raw.sqlite3_bind_text(_insert, 10, record.Url);
                raw.sqlite3_bind_text(_insert, 11, record.ClientIp);
                raw.sqlite3_bind_int(_insert, 12, record.Status);
                raw.sqlite3_bind_text(_insert, 13, Data(record, face, scratch));
                raw.sqlite3_bind_text(_insert, 14, "backend"u8);
                raw.sqlite3_step(_insert);
                raw.sqlite3_reset(_insert);
            }
        }

        Execute("COMMIT");
    }

    public void Dispose()
    {
        _insert.Dispose();
        _connection.Dispose();
    }

    // No strings, so that the baseline is as fast as possible.
    private static ReadOnlySpan<byte> Data(LogRecord record, int face, Span<byte> scratch)
    {
        int written;
        if (face == 0) Utf8.TryWrite(scratch, $"{{\"bytesIn\":{record.BytesIn},\"userAgent\":\"{record.UserAgent}\"}}", out written);
        else Utf8.TryWrite(scratch, $"{{\"bytesOut\":{record.BytesOut},\"durationMs\":{record.DurationUs / 1000}.{record.DurationUs % 1000:000}}}", out written);
        return scratch[..written];
    }

    private void Execute(string sql)
    {
        if (raw.sqlite3_exec(_connection.Handle, sql) is not raw.SQLITE_OK and var code)
            throw new InvalidOperationException($"{sql}: {raw.sqlite3_errstr(code).utf8_to_string()}");
    }
}
