using System.Buffers;

namespace HoodyLogs.Storage.Sqlite.Series;

/// <summary>What a scope and a filter come to: the wanted faces of each series.</summary>
internal sealed class SeriesSelection : IDisposable
{
    private readonly byte[] _parts;
    private readonly int[] _numbers;
    private readonly int _count;

    private SeriesSelection(ReadOnlySpan<LogSeries?> all, Func<LogSeries, RecordParts> wanted)
    {
        _parts = ArrayPool<byte>.Shared.Rent(Math.Max(1, all.Length));
        _numbers = ArrayPool<int>.Shared.Rent(Math.Max(1, all.Length));
        SelectsEverything = true;
        for (var number = 0; number < all.Length; number++)
        {
            var series = all[number];
            var faces = series is null ? RecordParts.None : wanted(series);
            SelectsEverything &= faces == series?.Parts;
            _parts[number] = (byte)faces;
            if (faces != RecordParts.None) _numbers[_count++] = number;
        }
    }

    /// <summary>Whether all faces of all series are wanted, and none is hidden: then rows can be counted without a look at their series.</summary>
    public bool SelectsEverything { get; }

    /// <summary>The series with a wanted face, ascending.</summary>
    public ReadOnlySpan<int> Numbers => _numbers.AsSpan(0, _count);

    /// <summary>The wanted faces by series number.</summary>
    public ReadOnlySpan<byte> Parts => _parts;

    /// <summary>Selects the entries of the scope that match the filter.</summary>
    /// <param name="all">The series by number. Null for a series that is not visible.</param>
    /// <param name="scope">The scope that the caller may read.</param>
    /// <param name="filter">The filter. Conditions on the record are ignored.</param>
    public static SeriesSelection Create(ReadOnlySpan<LogSeries?> all, LogScope scope, LogFilter filter) => new(all, series => filter.PartsOf(scope, series));

    public RecordParts GetParts(int series) => (RecordParts)_parts[series];

    /// <summary>How many entries a row of this series is worth.</summary>
    public int EntriesPerRow(int series) => CountParts(_parts[series]);

    public static int CountParts(int faces) => (faces & 1) + (faces >> 1);

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_parts);
        ArrayPool<int>.Shared.Return(_numbers);
    }
}
