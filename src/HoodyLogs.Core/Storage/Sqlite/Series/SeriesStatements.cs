using HoodyLogs.Storage.Sqlite.Database;

namespace HoodyLogs.Storage.Sqlite.Series;

/// <summary>The writer's statements on the table <c>series</c>.</summary>
internal sealed class SeriesStatements(SqliteDatabase database) : IDisposable
{
    private readonly SqliteStatement _insert = database.Prepare(
        "INSERT INTO series (number, state, shape, level, source, method, project_id, container_id, service_name) " +
        "VALUES (?1, 0, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");

    private readonly SqliteStatement _insertUnverified = database.Prepare("INSERT OR IGNORE INTO unverified_series (number) VALUES (?1)");
    private readonly SqliteStatement _deleteUnverified = database.Prepare("DELETE FROM unverified_series WHERE number = ?1");
    private readonly SqliteStatement _setState = database.Prepare("UPDATE series SET state = ?2 WHERE number = ?1");
    private readonly SqliteStatement _delete = database.Prepare("DELETE FROM series WHERE number = ?1");

    /// <summary>Reads all series, ordered by number.</summary>
    public static List<StoredSeries> Load(SqliteDatabase database)
    {
        using var select = database.Prepare(
            "SELECT number, state, shape, level, source, method, project_id, container_id, service_name, " +
            "number IN (SELECT number FROM unverified_series) FROM series ORDER BY number");
        var stored = new List<StoredSeries>();
        while (select.Step())
        {
            var key = new SeriesKey(
                (RecordShape)select.GetInt32(2), (EntryLevel)select.GetInt32(3), (EntrySource)select.GetInt32(4),
                select.GetText(5), select.GetText(6), select.GetText(7), select.GetText(8));
            stored.Add(new StoredSeries(select.GetInt32(0), key, (SeriesState)select.GetInt32(1), select.GetInt32(9) != 0));
        }

        return stored;
    }

    public void Insert(LogSeries series, bool isUnverified)
    {
        var key = series.Key;
        _insert
            .Bind(1, series.Number).Bind(2, (int)key.Shape).Bind(3, (int)key.Level).Bind(4, (int)key.Source)
            .BindText(5, key.Method).BindText(6, key.ProjectId).BindText(7, key.ContainerId).BindText(8, key.ServiceName)
            .Execute();
        if (isUnverified) _insertUnverified.Bind(1, series.Number).Execute();
    }

    public void SetState(int number, SeriesState state) => _setState.Bind(1, number).Bind(2, (int)state).Execute();

    public void Delete(int number)
    {
        _delete.Bind(1, number).Execute();
        _deleteUnverified.Bind(1, number).Execute();
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
