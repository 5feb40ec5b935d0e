using System.Buffers;
using System.Collections.Frozen;
using HoodyLogs.Storage.Sqlite.Segments;

namespace HoodyLogs.Storage.Sqlite.Reading;

/// <summary>What a scope and a filter come to: the wanted faces of each series.</summary>
internal sealed class SeriesSelection : IDisposable
{
    private readonly byte[] _faces;
    private readonly int[] _numbers;
    private readonly int _count;

    private SeriesSelection(StoreSnapshot view, Func<LogSeries, RecordParts> wanted)
    {
        _faces = ArrayPool<byte>.Shared.Rent(Math.Max(1, view.SeriesCount));
        _numbers = ArrayPool<int>.Shared.Rent(Math.Max(1, view.SeriesCount));
        IsEverything = true;
        for (var number = 0; number < view.SeriesCount; number++)
        {
            var series = view.Series[number];
            var faces = series is null ? RecordParts.None : wanted(series);
            IsEverything &= faces == series?.Parts;
            _faces[number] = (byte)faces;
            if (faces != RecordParts.None) _numbers[_count++] = number;
        }
    }

    /// <summary>Whether all faces of all series are wanted, and none is hidden: then rows can be counted without a look at their series.</summary>
    public bool IsEverything { get; }

    /// <summary>The series with a wanted face, ascending.</summary>
    public ReadOnlySpan<int> Numbers => _numbers.AsSpan(0, _count);

    /// <summary>The wanted faces by series number.</summary>
    public ReadOnlySpan<byte> Faces => _faces;

    public static SeriesSelection Of(StoreSnapshot view, LogScope scope, LogFilter filter) => new(view, series => filter.PartsOf(scope, series));

    /// <summary>All that the scope has of the container with this id.</summary>
    /// <param name="view">What there is.</param>
    /// <param name="scope">What the caller may see.</param>
    /// <param name="tunnelId">The container's id.</param>
    /// <param name="kind">One kind alone; null for all.</param>
    public static SeriesSelection OfTunnel(StoreSnapshot view, LogScope scope, Guid tunnelId, EntryKind? kind) => Of(
        view, scope, new LogFilter { ContainerIds = FrozenSet.Create(tunnelId.ToString("D")), Kinds = kind is null ? [] : [kind.Value] });

    public RecordParts FacesOf(int series) => (RecordParts)_faces[series];

    /// <summary>How many entries a row of this series is worth.</summary>
    public int WeightOf(int series) => Weight(_faces[series]);

    public static int Weight(int faces) => (faces & 1) + (faces >> 1);

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_faces);
        ArrayPool<int>.Shared.Return(_numbers);
    }
}
