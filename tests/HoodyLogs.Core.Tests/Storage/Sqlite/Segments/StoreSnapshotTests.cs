using FluentAssertions;
using HoodyLogs.Storage.Sqlite.Reading;
using HoodyLogs.Storage.Sqlite.Segments;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite.Segments;

/// <summary>Counts in a snapshot exceed 32 bits.</summary>
public sealed class StoreSnapshotTests
{
    [Test]
    public void S1_a_series_can_have_more_than_2_147_483_647_rows()
    {
        var key = Some.Exchange().Key;
        var view = new StoreSnapshot
        {
            Series = [new LogSeries(0, key)],
            SeriesCount = 1,
            Sealed = [],
            Groups = [],
            VisibleRows = [int.MaxValue],
            Active = new ActiveSegment(2),
            RetentionFloor = 1,
        }.WithSealed(Segment, new RowIndex(1, [0, 2], [0, 0], 2), new ActiveSegment(3));

        view.CountRowsBySeries().Should().Equal(int.MaxValue + 2L);
        using var all = view.Select(LogScope.All, LogFilter.All);
        view.CountEntries(all).Should().Be(2 * (int.MaxValue + 2L));
        StatsReader.Read(view, LogScope.All, LogFilter.All).Total.Should().Be(2 * (int.MaxValue + 2L));
        view.WithRetentionFloor(5, _ => throw new InvalidOperationException()).CountRowsBySeries().Should().Equal(int.MaxValue);
    }

    private static Segment Segment => new(1, FirstId: 1, LastId: 4, MinTsMs: 0, MaxTsMs: 0, MaxIngestedUs: 0, Series: [0], Starts: [0, 2], TraceStarts: []);
}
