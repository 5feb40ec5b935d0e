namespace HoodyLogs.Diagnostics;

/// <summary>Why entries are missing. Drop events, gaps and metrics use it.</summary>
internal static class DropReason
{
    /// <summary>The queue was full.</summary>
    public const string QueueFull = "queueFull";

    /// <summary>The store failed until the retry buffer was full.</summary>
    public const string StoreFailing = "storeFailing";

    /// <summary>The writer had stopped, or stopped before it could store them.</summary>
    public const string Stopped = "stopped";

    /// <summary>Retention removed stored entries before the reader reached them.</summary>
    public const string Retention = "retention";

    /// <summary>The stored row is damaged.</summary>
    public const string Damaged = "damaged";
}
