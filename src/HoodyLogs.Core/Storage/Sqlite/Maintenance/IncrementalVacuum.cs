using HoodyLogs.Storage.Sqlite.Ingestion;

namespace HoodyLogs.Storage.Sqlite.Maintenance;

/// <summary>Gives free pages back to the file system, some at a time. Some are kept, since the next rows will need them.</summary>
internal sealed class IncrementalVacuum(WriterContext writer, Func<RetentionOptions> options)
{
    // A sixteenth of the file, and a mebibyte in any case, may be free, unless its size is limited.
    private const int FreeShare = 16;
    private const long MinFreeBytes = 1 << 20;

    /// <returns>Whether there was anything to give back.</returns>
    public bool Step()
    {
        var size = StoreSize.Measure(writer);
        var maxBytes = options().MaxBytes;
        var reserve = maxBytes > 0 && size.Bytes > maxBytes ? 0 : Math.Max(size.Pages / FreeShare, MinFreeBytes / size.PageBytes);
        var excess = size.FreePages - reserve;
        if (excess <= 0) return false;
        writer.Database.Execute($"PRAGMA incremental_vacuum({Math.Min(excess, writer.Settings.VacuumStepPages)})");
        return true;
    }
}
