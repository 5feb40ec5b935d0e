using System.Buffers;

namespace HoodyLogs.Storage.Sqlite.Series;

/// <summary>The series and parts that a scope and a filter select.</summary>
internal sealed class SeriesSelection : IDisposable
{
    private readonly byte[] _parts;
    private readonly int[] _numbers;
    private readonly int _count;

    private SeriesSelection(ReadOnlySpan<LogSeries?> all, Func<LogSeries, RecordParts> selectParts)
    {
        _parts = ArrayPool<byte>.Shared.Rent(Math.Max(1, all.Length));
        _numbers = ArrayPool<int>.Shared.Rent(Math.Max(1, all.Length));
        SelectsEverything = true;
        for (var number = 0; number < all.Length; number++)
        {
            var series = all[number];
            var parts = series is null ? RecordParts.None : selectParts(series);
            SelectsEverything &= parts == series?.Parts;
            _parts[number] = (byte)parts;
            if (parts != RecordParts.None) _numbers[_count++] = number;
        }
    }

    /// <summary>Whether all entries of all series are selected and no series is hidden. Then rows can be counted without their series.</summary>
    public bool SelectsEverything { get; }

    /// <summary>The numbers of the selected series, ascending.</summary>
    public ReadOnlySpan<int> Numbers => _numbers.AsSpan(0, _count);

    /// <summary>The selected parts by series number.</summary>
    public ReadOnlySpan<byte> Parts => _parts;

    /// <summary>Selects the entries of the scope that match the filter.</summary>
    /// <param name="all">The series by number. Null for a series that is not visible.</param>
    /// <param name="scope">The scope that the caller may read.</param>
    /// <param name="filter">The filter. Conditions on the record are ignored.</param>
    public static SeriesSelection Create(ReadOnlySpan<LogSeries?> all, LogScope scope, LogFilter filter) => new(all, series => filter.PartsOf(scope, series));

    public RecordParts GetParts(int series) => (RecordParts)_parts[series];

    /// <summary>Returns the number of selected entries of each row of the series.</summary>
    public int EntriesPerRow(int series) => CountParts(_parts[series]);

    public static int CountParts(int parts) => (parts & 1) + (parts >> 1);

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_parts);
        ArrayPool<int>.Shared.Return(_numbers);
    }
}
