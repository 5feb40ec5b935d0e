namespace HoodyLogs.Writing.Queue;

/// <summary>Records that the queue had no room for, since the writer last asked.</summary>
/// <param name="After">How many items had been accepted before the first of them was dropped.</param>
/// <param name="Until">How many items had been accepted before the last of them was dropped.</param>
/// <param name="Entries">How many entries they would have been.</param>
/// <param name="Since">When the first was dropped.</param>
/// <param name="UpTo">When the last was dropped.</param>
internal readonly record struct DropStats(long After, long Until, long Entries, DateTimeOffset Since, DateTimeOffset UpTo)
{
    public DropStats Add(in DropStats later) => Entries == 0
        ? later
        : this with { Until = later.Until, Entries = Entries + later.Entries, UpTo = later.UpTo };
}
