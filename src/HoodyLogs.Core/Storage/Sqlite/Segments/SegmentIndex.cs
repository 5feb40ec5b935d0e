using System.Buffers;
using System.Runtime.InteropServices;
using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.Storage.Sqlite.Diagnostics;
using HoodyLogs.Storage.Sqlite.Series;

namespace HoodyLogs.Storage.Sqlite.Segments;

/// <summary>
/// Reads and writes the index of a sealed segment. The index has two parts. Postings are the id offsets of the rows, grouped by series
/// (<see cref="PostingCounts.Starts"/>) and ascending in each group. Trace pairs are a trace hash and an id offset, ordered by hash. Both are stored in
/// chunks of one database page, so that a rare series or a trace id costs one look-up.
/// </summary>
internal static class SegmentIndex
{
    private const int RowsPerChunk = 1_008; // with the overhead of the row, this fills a page of 4096 bytes
    private const int TracesPerChunk = RowsPerChunk / 2;
    private const int PostingsKind = 0;
    private const int TraceKind = 1;
    private const int KindShift = 16;
    private const int SegmentShift = 20;

    /// <summary>Writes the index of the active segment and returns the sealed segment.</summary>
    public static Segment Write(SegmentStatements statements, ActiveSegment active, int rows, SegmentBounds bounds, int seriesCount)
    {
        var index = active.GetRows(rows);
        var (series, starts, postings) = GroupBySeries(index, seriesCount);
        WriteChunks<uint>(statements, active.Number, PostingsKind, postings, RowsPerChunk);

        var traces = SortedTraces(index, active.GetTraceHashes(rows));
        WriteChunks<ulong>(statements, active.Number, TraceKind, traces, TracesPerChunk);
        var traceStarts = new uint[(traces.Length + TracesPerChunk - 1) / TracesPerChunk];
        for (var chunk = 0; chunk < traceStarts.Length; chunk++) traceStarts[chunk] = (uint)(traces[chunk * TracesPerChunk] >> 32);

        return new Segment(
            active.Number, active.FirstId, bounds.LastId, bounds.MinTsMs, bounds.MaxTsMs, bounds.MaxIngestedUs, series, starts, traceStarts);
    }

    public static void Delete(SegmentStatements statements, int segment) =>
        statements.DeleteChunks.Bind(1, Key(segment, 0, 0)).Bind(2, Key(segment + 1, 0, 0)).Execute();

    /// <summary>Reads all rows of a segment, ordered by id.</summary>
    public static RowIndex ReadAll(SqliteStatement readChunk, Segment segment)
    {
        var postings = new uint[segment.Rows];
        ReadPostings(readChunk, segment, 0, postings);
        var span = (int)(segment.LastId - segment.FirstId + 1);
        var ordinals = ArrayPool<int>.Shared.Rent(span); // by id offset: the ordinal plus 1, or 0 if there is no row
        try
        {
            var ordinalOf = ordinals.AsSpan(0, span);
            ordinalOf.Clear();
            for (var ordinal = 0; ordinal < segment.Series.Length; ordinal++)
            {
                foreach (var offset in postings.AsSpan(segment.Starts[ordinal]..segment.Starts[ordinal + 1])) ordinalOf[(int)offset] = ordinal + 1;
            }

            var series = new int[segment.Rows];
            var row = 0;
            for (var offset = 0; offset < span; offset++)
            {
                if (ordinalOf[offset] == 0) continue;
                postings[row] = (uint)offset;
                series[row++] = segment.Series[ordinalOf[offset] - 1];
            }

            return new RowIndex(segment.FirstId, postings, series, row);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(ordinals);
        }
    }

    /// <summary>Reads the rows of the selected series, ordered by id.</summary>
    public static RowIndex ReadSelected(SqliteStatement readChunk, Segment segment, SeriesSelection selection, MatchCounts counts)
    {
        var offsets = new uint[counts.Rows];
        var series = new int[counts.Rows];
        var count = 0;
        foreach (var number in selection.Numbers)
        {
            var ordinal = Array.BinarySearch(segment.Series, number);
            if (ordinal < 0) continue;
            var rows = segment.RowsAt(ordinal);
            ReadPostings(readChunk, segment, segment.Starts[ordinal], offsets.AsSpan(count, rows));
            series.AsSpan(count, rows).Fill(number);
            count += rows;
        }

        if (counts.Series > 1) Array.Sort(offsets, series);
        return new RowIndex(segment.FirstId, offsets, series, count);
    }

    /// <summary>Adds the ids of the rows whose trace id has this hash, ascending.</summary>
    public static void AppendTraceRows(SqliteStatement readChunk, Segment segment, uint hash, List<long> rowIds)
    {
        var starts = segment.TraceStarts;
        var chunk = Array.BinarySearch(starts, hash);
        if (chunk < 0) chunk = ~chunk - 1;
        while (chunk > 0 && starts[chunk] == hash) chunk--; // equal hashes can begin in the previous chunk
        for (chunk = Math.Max(chunk, 0); chunk < starts.Length && starts[chunk] <= hash; chunk++)
        {
            var pairs = MemoryMarshal.Cast<byte, ulong>(Read(readChunk, Key(segment.Number, TraceKind, chunk)));
            foreach (var pair in pairs[FirstAtOrAfter(pairs, (ulong)hash << 32)..])
            {
                if ((uint)(pair >> 32) != hash) break;
                rowIds.Add(segment.FirstId + (uint)pair);
            }

            readChunk.Reset();
        }
    }

    private static int FirstAtOrAfter(ReadOnlySpan<ulong> pairs, ulong value)
    {
        var found = pairs.BinarySearch(value);
        return found >= 0 ? found : ~found;
    }

    private static (int[] Series, int[] Starts, uint[] Postings) GroupBySeries(RowIndex rows, int seriesCount)
    {
        var next = new int[seriesCount];
        foreach (var number in rows.Series) next[number]++;
        var distinct = seriesCount - next.AsSpan().Count(0);
        var (series, starts) = (new int[distinct], new int[distinct + 1]);
        for (int number = 0, ordinal = 0, start = 0; number < seriesCount; number++)
        {
            var count = next[number];
            if (count == 0) continue;
            series[ordinal] = number;
            next[number] = start;
            starts[++ordinal] = start += count;
        }

        var postings = new uint[rows.Count];
        for (var row = 0; row < rows.Count; row++) postings[next[rows.Series[row]]++] = rows.Offsets[row];
        return (series, starts, postings);
    }

    private static ulong[] SortedTraces(RowIndex rows, ReadOnlySpan<uint> hashes)
    {
        var traces = new ulong[rows.Count - hashes.Count(0u)];
        var count = 0;
        for (var row = 0; row < rows.Count; row++)
        {
            if (hashes[row] != 0) traces[count++] = ((ulong)hashes[row] << 32) | rows.Offsets[row];
        }

        Array.Sort(traces);
        return traces;
    }

    private static void ReadPostings(SqliteStatement readChunk, Segment segment, int start, Span<uint> into)
    {
        while (!into.IsEmpty)
        {
            var chunk = MemoryMarshal.Cast<byte, uint>(Read(readChunk, Key(segment.Number, PostingsKind, start / RowsPerChunk)));
            var part = chunk[(start % RowsPerChunk)..];
            if (part.Length > into.Length) part = part[..into.Length];
            if (part.IsEmpty) throw Damaged(segment.Number);
            part.CopyTo(into);
            into = into[part.Length..];
            start += part.Length;
            readChunk.Reset();
        }
    }

    private static ReadOnlySpan<byte> Read(SqliteStatement readChunk, long key) =>
        readChunk.Bind(1, key).Step() ? readChunk.GetBytes(0) : throw Damaged(key >> SegmentShift);

    private static void WriteChunks<T>(SegmentStatements statements, int segment, int kind, ReadOnlySpan<T> values, int perChunk)
        where T : unmanaged
    {
        for (var chunk = 0; !values.IsEmpty; chunk++)
        {
            var part = values[..Math.Min(perChunk, values.Length)];
            statements.InsertChunk.Bind(1, Key(segment, kind, chunk)).BindBlob(2, MemoryMarshal.AsBytes(part)).Execute();
            values = values[part.Length..];
        }
    }

    private static long Key(int segment, int kind, int chunk) => ((long)segment << SegmentShift) | ((long)kind << KindShift) | (long)chunk;

    private static LogStoreException Damaged(long segment) => StoreDamage.InFile($"The index of segment {segment} of the log database is damaged.");
}
