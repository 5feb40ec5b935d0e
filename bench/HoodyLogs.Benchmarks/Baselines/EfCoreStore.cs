using Microsoft.EntityFrameworkCore;

namespace HoodyLogs.Benchmarks.Baselines;

/// <summary>The same table through EF Core, without change tracking: one context per batch, AddRange, SaveChanges.</summary>
internal sealed class EfCoreStore : IDisposable
{
    private readonly string _path;

    public EfCoreStore(string path)
    {
        _path = path;
        using var context = new LogContext(path);
        context.Database.EnsureCreated();
    }

    public void Append(ReadOnlySpan<LogRecord> batch)
    {
        using var context = new LogContext(_path);
        context.ChangeTracker.AutoDetectChangesEnabled = false;
        foreach (var record in batch)
        {
            context.Add(Row(record, 0));
            context.Add(Row(record, 1));
        }

        context.SaveChanges();
    }

    public void Dispose() => Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();

    private static EfEntry Row(LogRecord record, int face) => new()
    {
        TraceId = record.TraceId!,
        TsMs = record.TimestampMs + (face * record.DurationUs / 1000),
        Kind = face == 0 ? "request" : "response",
        Level = record.Level == EntryLevel.Error ? "error" : "info",
        ProjectId = record.ProjectId!,
        ContainerId = record.ContainerId!,
        ServiceName = record.ServiceName!,
        Method = record.Method!,
        Url = record.Url!,
        ClientIp = record.ClientIp!,
        Status = record.Status,
        Data = PlainStore.Data(record, face),
        Source = "backend",
    };

    private sealed class LogContext(string path) : DbContext
    {
        protected override void OnConfiguring(DbContextOptionsBuilder options) => options.UseSqlite($"Data Source={path}");

        protected override void OnModelCreating(ModelBuilder model)
        {
            var entry = model.Entity<EfEntry>();
            entry.HasIndex(e => e.ProjectId);
            entry.HasIndex(e => e.ContainerId);
            entry.HasIndex(e => e.Level);
            entry.HasIndex(e => e.ServiceName);
            entry.HasIndex(e => e.TraceId);
        }
    }

    private sealed class EfEntry
    {
        public long Id { get; set; }

        public required string TraceId { get; set; }

        public long TsMs { get; set; }

        public required string Kind { get; set; }

        public required string Level { get; set; }

        public required string ProjectId { get; set; }

        public required string ContainerId { get; set; }

        public required string ServiceName { get; set; }

        public required string Method { get; set; }

        public required string Url { get; set; }

        public required string ClientIp { get; set; }

        public int Status { get; set; }

        public required string Data { get; set; }

        public required string Source { get; set; }
    }
}
