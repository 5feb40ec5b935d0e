using HoodyLogs.Storage.Sqlite.Ingestion;

namespace HoodyLogs.Storage.Sqlite.Maintenance;

/// <summary>Returns free pages to the file system in small steps. Some free pages are kept for the next rows.</summary>
internal sealed class IncrementalVacuum(WriterContext writer, Func<RetentionOptions> options)
{
    // A sixteenth of the file, and at least one mebibyte, may be free. If the store exceeds its size limit, no page may be free.
    private const int FreeShare = 16;
    private const long MinFreeBytes = 1 << 20;

    /// <summary>Returns some free pages to the file system.</summary>
    /// <returns>True if there were pages to return.</returns>
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
