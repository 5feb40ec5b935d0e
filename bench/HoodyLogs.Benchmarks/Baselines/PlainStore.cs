using System.Globalization;
using Microsoft.Data.Sqlite;

namespace HoodyLogs.Benchmarks.Baselines;

/// <summary>A typical log table: one row per entry, five text indexes, command parameters, COUNT and OFFSET.</summary>
internal sealed class PlainStore : IDisposable
{
    private const string Columns = "traceId, tsMs, kind, level, projectId, containerId, serviceName, method, url, clientIp, status, data, source";
    private readonly SqliteConnection _writer;
    private readonly string _connectionString;

    public PlainStore(string path)
    {
        _connectionString = $"Data Source={path};Pooling=False";
        _writer = Open();
        Execute("""
            PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
            CREATE TABLE IF NOT EXISTS logs (
                id INTEGER PRIMARY KEY, traceId TEXT, tsMs INTEGER, kind TEXT, level TEXT, projectId TEXT, containerId TEXT,
                serviceName TEXT, method TEXT, url TEXT, clientIp TEXT, status INTEGER, data TEXT, source TEXT);
            CREATE INDEX IF NOT EXISTS logs_project ON logs (projectId);
            CREATE INDEX IF NOT EXISTS logs_container ON logs (containerId);
            CREATE INDEX IF NOT EXISTS logs_level ON logs (level);
            CREATE INDEX IF NOT EXISTS logs_service ON logs (serviceName);
            CREATE INDEX IF NOT EXISTS logs_trace ON logs (traceId);
            """);
    }

    public SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        return connection;
    }

    public void Append(ReadOnlySpan<LogRecord> batch)
    {
        using var transaction = _writer.BeginTransaction();
        using var insert = _writer.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = $"INSERT INTO logs ({Columns}) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)";
        var parameters = Enumerable.Range(1, 13).Select(i => insert.Parameters.Add($"${i}", i is 2 or 11 ? SqliteType.Integer : SqliteType.Text)).ToArray();
        foreach (var record in batch)
        {
            for (var face = 0; face < 2; face++)
            {
                parameters[0].Value = record.TraceId;
                parameters[1].Value = record.TimestampMs + (face * record.DurationUs / 1000);
                parameters[2].Value = face == 0 ? "request" : "response";
                parameters[3].Value = record.Level == EntryLevel.Error ? "error" : "info";
                parameters[4].Value = record.ProjectId;
                parameters[5].Value = record.ContainerId;
                parameters[6].Value = record.ServiceName;
                parameters[7].Value = record.Method;
                parameters[8].Value = record.Url;
                parameters[9].Value = record.ClientIp;
                parameters[10].Value = record.Status;
                parameters[11].Value = Data(record, face);
                parameters[12].Value = "backend";
                insert.ExecuteNonQuery();
            }
        }

        transaction.Commit();
    }

    /// <summary>Returns <c>data</c> of one entry as text.</summary>
    public static string Data(LogRecord record, int face) => face == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{{\"bytesIn\":{record.BytesIn},\"userAgent\":\"{record.UserAgent}\"}}")
        : string.Create(CultureInfo.InvariantCulture, $"{{\"bytesOut\":{record.BytesOut},\"durationMs\":{record.DurationUs / 1000.0}}}");

    /// <summary>Reads a page and its total as a typical handler does.</summary>
    public static (long Total, List<PlainEntry> Entries) Read(SqliteConnection connection, string where, string orderAndPage, params (string Name, object Value)[] parameters)
    {
        using var count = connection.CreateCommand();
        count.CommandText = $"SELECT COUNT(*) FROM logs {where}";
        using var page = connection.CreateCommand();
        page.CommandText = $"SELECT id, {Columns} FROM logs {where} {orderAndPage}";
        foreach (var (name, value) in parameters)
        {
            count.Parameters.AddWithValue(name, value);
            page.Parameters.AddWithValue(name, value);
        }

        var total = (long)count.ExecuteScalar()!;
        var entries = new List<PlainEntry>();
        using var reader = page.ExecuteReader();
        while (reader.Read())
        {
            entries.Add(new PlainEntry(
                reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3), reader.GetString(4), reader.GetString(5),
                reader.GetString(6), reader.GetString(7), reader.GetString(8), reader.GetString(9), reader.GetString(10), reader.GetInt32(11),
                reader.GetString(12), reader.GetString(13)));
        }

        return (total, entries);
    }

    public void Dispose() => _writer.Dispose();

    private void Execute(string sql)
    {
        using var command = _writer.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
