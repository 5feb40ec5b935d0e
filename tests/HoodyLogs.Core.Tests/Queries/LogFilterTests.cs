using System.Collections.Frozen;
using FluentAssertions;
using HoodyLogs.Entries;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Queries;

public sealed class LogFilterTests
{
    [Test]
    public void No_filter_matches_every_entry() => Faces(LogFilter.All, Some.Exchange()).Should().Be(RecordParts.Both);

    [Test]
    public void L6_kind_selects_entries_of_a_record()
    {
        Faces(new LogFilter { Kinds = [EntryKind.Request] }, Some.Exchange()).Should().Be(RecordParts.First);
        Faces(new LogFilter { Kinds = [EntryKind.Response] }, Some.Exchange()).Should().Be(RecordParts.Second);
        Faces(new LogFilter { Kinds = [EntryKind.Event] }, Some.Exchange()).Should().Be(RecordParts.None);
        Faces(new LogFilter { Kinds = [EntryKind.Event, EntryKind.Response] }, Some.Event()).Should().Be(RecordParts.First);
        Faces(new LogFilter { Kinds = [EntryKind.Response] }, new LogRecord { Shape = RecordShape.Response, TimestampMs = 0 }).Should().Be(RecordParts.First);
    }

    [Test]
    public void L6_a_list_matches_any_of_its_values()
    {
        var filter = new LogFilter
        {
            Levels = [EntryLevel.Warn, EntryLevel.Error],
            Methods = Set("GET", "PUT"),
            ServiceNames = Set("api", "web"),
            ProjectIds = Set("p1", "p2"),
            ContainerIds = Set("c1"),
            Sources = [EntrySource.Edge],
        };

        Faces(filter, Some.Exchange(level: EntryLevel.Error, source: EntrySource.Edge)).Should().Be(RecordParts.Both);
        Faces(filter, Some.Exchange(level: EntryLevel.Info, source: EntrySource.Edge)).Should().Be(RecordParts.None);
        Faces(filter, Some.Exchange(level: EntryLevel.Error)).Should().Be(RecordParts.None);
        Faces(filter, Some.Exchange(level: EntryLevel.Error, source: EntrySource.Edge, method: "POST")).Should().Be(RecordParts.None);
        Faces(filter, Some.Exchange(level: EntryLevel.Error, source: EntrySource.Edge, service: null)).Should().Be(RecordParts.None);
        Faces(filter, Some.Exchange(level: EntryLevel.Error, source: EntrySource.Edge, project: "p3")).Should().Be(RecordParts.None);
        Faces(filter, Some.Exchange(level: EntryLevel.Error, source: EntrySource.Edge, container: "C1")).Should().Be(RecordParts.None);
    }

    [Test]
    public void A2_a_scope_limits_every_filter()
    {
        var filter = new LogFilter { ProjectIds = Set("p1", "p2") };

        Faces(filter, Some.Exchange(project: "p2"), LogScope.Project("p1")).Should().Be(RecordParts.None);
        Faces(filter, Some.Exchange(), LogScope.Container("p1", "c1")).Should().Be(RecordParts.Both);
        Faces(filter, Some.Exchange(container: "c2"), LogScope.Container("p1", "c1")).Should().Be(RecordParts.None);
        Faces(LogFilter.All, Some.Exchange(project: "p2"), LogScope.Container("p1", "c1")).Should().Be(RecordParts.None);
        Faces(LogFilter.All, Some.Event(), LogScope.Project("p1")).Should().Be(RecordParts.None);
    }

    [Test]
    public void L6_status_time_and_text_test_the_record()
    {
        Matches(new LogFilter { Statuses = [new(400, 499), new(200, 200)] }, Some.Exchange(status: 404)).Should().BeTrue();
        Matches(new LogFilter { Statuses = [new(400, 499)] }, Some.Exchange(status: 500)).Should().BeFalse();
        Matches(new LogFilter { Statuses = [new(400, 499)] }, Some.Event()).Should().BeFalse();
        Matches(new LogFilter { TraceId = "4bf92f3577b34da6a3ce929d0e0e4736" }, Some.Exchange()).Should().BeTrue();
        Matches(new LogFilter { TraceId = "4bf92f3577b34da6a3ce929d0e0e4737" }, Some.Exchange()).Should().BeFalse();
        Matches(new LogFilter { UrlText = "USERS" }, Some.Exchange()).Should().BeTrue();
        Matches(new LogFilter { UrlText = "\u00dcMLAUT" }, Some.Exchange(url: "/\u00fcmlaut/" + new string('x', 5_000))).Should().BeTrue();
        Matches(new LogFilter { UrlText = "orders" }, Some.Exchange()).Should().BeFalse();
        Matches(new LogFilter { UrlText = "x" }, Some.Event()).Should().BeFalse();
    }

    [Test]
    public void L6_from_is_inclusive_and_to_is_exclusive_for_each_entry()
    {
        var record = Some.Exchange(durationUs: 50_000);
        var at = new LogFilter { FromMs = Some.ArrivalMs, ToMs = Some.ArrivalMs + 50 };

        Matches(at, record).Should().BeTrue();
        Matches(at, record, RecordParts.Second).Should().BeFalse();
        Matches(at with { ToMs = Some.ArrivalMs + 51, FromMs = Some.ArrivalMs + 50 }, record, RecordParts.Second).Should().BeTrue();
        Matches(at with { FromMs = Some.ArrivalMs + 1 }, record).Should().BeFalse();
    }

    [Test]
    public void A_copy_of_a_filter_uses_its_own_trace_id()
    {
        var filter = new LogFilter { TraceId = "x" };
        Matches(filter, Some.Exchange(traceId: "x")).Should().BeTrue();

        Matches(filter with { TraceId = "y" }, Some.Exchange(traceId: "y")).Should().BeTrue();
    }

    private static FrozenSet<string> Set(params string[] values) => values.ToFrozenSet();

    private static RecordParts Faces(LogFilter filter, LogRecord record, LogScope? scope = null) =>
        filter.PartsOf(scope ?? LogScope.All, new LogSeries(0, record.Key));

    private static bool Matches(LogFilter filter, LogRecord record, RecordParts face = RecordParts.First)
    {
        if (record.Id == 0) record.AssignIds(1, 1, new LogSeries(0, record.Key));
        var matches = false;
        RecordEntryViews.Visit(record, face, true, (in LogEntryView view) => matches = filter.Matches(view));
        return matches;
    }
}
