using HoodyLogs.Storage.Sqlite.Database;

namespace HoodyLogs.Storage.Sqlite.Series;

/// <summary>The writer's statements about series.</summary>
internal sealed class SeriesStatements(SqliteDatabase database) : IDisposable
{
    private readonly SqliteStatement _insert = database.Prepare(
        "INSERT INTO series (number, state, shape, level, source, method, project_id, container_id, service_name) " +
        "VALUES (?1, 0, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");

    private readonly SqliteStatement _insertUnverified = database.Prepare("INSERT OR IGNORE INTO unverified_series (number) VALUES (?1)");
    private readonly SqliteStatement _deleteUnverified = database.Prepare("DELETE FROM unverified_series WHERE number = ?1");
    private readonly SqliteStatement _setState = database.Prepare("UPDATE series SET state = ?2 WHERE number = ?1");
    private readonly SqliteStatement _delete = database.Prepare("DELETE FROM series WHERE number = ?1");

    /// <summary>All series, by number.</summary>
    public static List<StoredSeries> Load(SqliteDatabase database)
    {
        using var select = database.Prepare(
            "SELECT number, state, shape, level, source, method, project_id, container_id, service_name, " +
            "number IN (SELECT number FROM unverified_series) FROM series ORDER BY number");
        var stored = new List<StoredSeries>();
        while (select.Step())
        {
            var key = new SeriesKey(
                (RecordShape)select.Int32(2), (EntryLevel)select.Int32(3), (EntrySource)select.Int32(4),
                select.Text(5), select.Text(6), select.Text(7), select.Text(8));
            stored.Add(new StoredSeries(select.Int32(0), key, (SeriesState)select.Int32(1), select.Int32(9) != 0));
        }

        return stored;
    }

    public void Insert(LogSeries series, bool isUnverified)
    {
        var key = series.Key;
        _insert
            .Bind(1, series.Number).Bind(2, (int)key.Shape).Bind(3, (int)key.Level).Bind(4, (int)key.Source)
            .BindText(5, key.Method).BindText(6, key.ProjectId).BindText(7, key.ContainerId).BindText(8, key.ServiceName)
            .Run();
        if (isUnverified) _insertUnverified.Bind(1, series.Number).Run();
    }

    public void SetState(int number, SeriesState state) => _setState.Bind(1, number).Bind(2, (int)state).Run();

    public void Delete(int number)
    {
        _delete.Bind(1, number).Run();
        _deleteUnverified.Bind(1, number).Run();
    }

    public void Dispose()
    {
        _insert.Dispose();
        _insertUnverified.Dispose();
        _deleteUnverified.Dispose();
        _setState.Dispose();
        _delete.Dispose();
    }
}
