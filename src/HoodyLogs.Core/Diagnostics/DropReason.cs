namespace HoodyLogs.Diagnostics;

/// <summary>Why entries were lost, as gaps, events and metrics name it.</summary>
internal static class DropReason
{
    /// <summary>They came faster than they could be written.</summary>
    public const string QueueFull = "queueFull";

    /// <summary>The store failed for longer than what is held back for it lasts.</summary>
    public const string StoreFailing = "storeFailing";

    /// <summary>They came after the end of the writer, or were left over at its end.</summary>
    public const string Stopped = "stopped";

    /// <summary>They were stored once, and were dropped by retention before the reader came to them.</summary>
    public const string Retention = "retention";

    /// <summary>They are stored, but damaged.</summary>
    public const string Damaged = "damaged";
}
