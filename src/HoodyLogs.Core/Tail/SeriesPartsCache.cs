namespace HoodyLogs.Tail;

/// <summary>
/// Which faces of a series a tail wants, remembered for the series that came last at each of 256 places: a tail costs 1 KiB for it however
/// many series there are.
/// </summary>
internal sealed class SeriesPartsCache(LogScope scope, LogFilter filter)
{
    private const int Slots = 256;

    // The series' number and its two bits; all bits where nothing is remembered.
    private readonly uint[] _slots = Enumerable.Repeat(uint.MaxValue, Slots).ToArray();

    public RecordParts Of(LogSeries series)
    {
        var number = (uint)series.Number;
        ref var place = ref _slots[number % Slots];
        if (place >> 2 != number) place = (number << 2) | (uint)filter.PartsOf(scope, series);
        return (RecordParts)(place & 3);
    }
}
