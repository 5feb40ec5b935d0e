namespace HoodyLogs.Configuration;

/// <summary>The keys of the core's sections and what each takes.</summary>
internal static class CoreSections
{
    private const long MiB = 1024 * 1024;
    private const long GiB = 1024 * MiB;

    public static void Sqlite(OptionsPass pass, SqliteOptions options)
    {
        options.Database = pass.Text(
            nameof(options.Database), options.Database, "the path of a file (no connection string and no file: URI), or :memory:", DatabasePath.IsValid);
        options.MaxSeries = pass.Number(nameof(options.MaxSeries), options.MaxSeries, 1_000, 10_000_000);
        options.MinFreeBytes = pass.Number(nameof(options.MinFreeBytes), options.MinFreeBytes, 0, long.MaxValue);
    }

    public static void Queue(OptionsPass pass, QueueOptions options)
    {
        options.Capacity = pass.Number(nameof(options.Capacity), options.Capacity, 1, 10_000_000);
        options.MaxBytes = pass.Number(nameof(options.MaxBytes), options.MaxBytes, 64 * 1024, 16 * GiB);
        options.WhenFull = pass.Choice(nameof(options.WhenFull), options.WhenFull);
    }

    public static void Retention(OptionsPass pass, RetentionOptions options)
    {
        options.MaxAge = pass.Time(nameof(options.MaxAge), options.MaxAge, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3653));
        options.MaxEntries = pass.Number(nameof(options.MaxEntries), options.MaxEntries, 0, long.MaxValue);
        options.MaxBytes = pass.Number(nameof(options.MaxBytes), options.MaxBytes, MiB, long.MaxValue, orZero: true);
    }

    public static void Tail(OptionsPass pass, TailOptions options)
    {
        options.RingEntries = pass.Number(nameof(options.RingEntries), options.RingEntries, 16, 1_000_000);
        options.Heartbeat = pass.Time(nameof(options.Heartbeat), options.Heartbeat, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15));
    }
}
