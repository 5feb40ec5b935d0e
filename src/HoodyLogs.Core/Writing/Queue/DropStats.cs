namespace HoodyLogs.Writing.Queue;

/// <summary>The records that were dropped because the queue was full, since the writer last asked.</summary>
/// <param name="After">The number of accepted items before the first drop.</param>
/// <param name="Until">The number of accepted items before the last drop.</param>
/// <param name="Entries">The number of dropped entries.</param>
/// <param name="Since">The time of the first drop.</param>
/// <param name="UpTo">The time of the last drop.</param>
internal readonly record struct DropStats(long After, long Until, long Entries, DateTimeOffset Since, DateTimeOffset UpTo)
{
    public DropStats Add(in DropStats later) => Entries == 0
        ? later
        : this with { Until = later.Until, Entries = Entries + later.Entries, UpTo = later.UpTo };
}
