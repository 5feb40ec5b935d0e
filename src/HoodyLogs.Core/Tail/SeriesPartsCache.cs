namespace HoodyLogs.Tail;

/// <summary>
/// Caches which entries of a series match a tail's scope and filter. It has 256 slots and 1 KiB per tail, however many series exist.
/// </summary>
internal sealed class SeriesPartsCache(LogScope scope, LogFilter filter)
{
    private const int Slots = 256;

    // The number of the series and its two bits. All bits are set in an empty slot.
    private readonly uint[] _slots = Enumerable.Repeat(uint.MaxValue, Slots).ToArray();

    public RecordParts Of(LogSeries series)
    {
        var number = (uint)series.Number;
        ref var range = ref _slots[number % Slots];
        if (range >> 2 != number) range = (number << 2) | (uint)filter.PartsOf(scope, series);
        return (RecordParts)(range & 3);
    }
}
