using FluentAssertions;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Queries;

/// <summary>Invalid queries are rejected when they are created. The exception names the member.</summary>
public sealed class QueryRangeTests
{
    [Test]
    public void Numbers_of_a_query_out_of_range_are_rejected()
    {
        Refuses(() => new LogQuery { Limit = -1 }, "Limit");
        Refuses(() => new LogQuery { Offset = -1 }, "Offset");
        Refuses(() => new LogQuery { Last = -1 }, "Last");
        Refuses(() => new LogQuery { AfterId = -1 }, "AfterId");
        Refuses(() => new LogQuery { BeforeId = long.MinValue }, "BeforeId");
        Refuses(() => new LogQuery { MaxBytes = -1 }, "MaxBytes");
        Refuses(() => new LogQuery { MaxScannedRecords = 0 }, "MaxScannedRecords");
        new LogQuery { Limit = 0, Last = 0, AfterId = long.MaxValue, BeforeId = 0, Offset = long.MaxValue }.Limit.Should().Be(0);
    }

    [Test]
    public void E1_undefined_enum_values_are_rejected()
    {
        Refuses(() => new LogFilter { Levels = [EntryLevel.Info, (EntryLevel)9] }, "Levels");
        Refuses(() => new LogFilter { Kinds = [(EntryKind)3] }, "Kinds");
        Refuses(() => new LogFilter { Sources = [(EntrySource)255] }, "Sources");
    }

    [TestCase(99, 200, "From")]
    [TestCase(-1, 200, "From")]
    [TestCase(600, 600, "From")]
    [TestCase(200, 600, "To")]
    [TestCase(300, 200, "To")]
    public void L6_invalid_status_ranges_are_rejected(int from, int to, string member) => Refuses(() => new StatusRange(from, to), member);

    [Test]
    public void L6_a_default_status_range_is_rejected()
    {
        Refuses(() => new LogFilter { Statuses = [default] }, "Statuses");
        Refuses(() => new LogFilter { Statuses = [new StatusRange(200, 299) with { From = 300 }] }, "Statuses");
    }

    [Test]
    public void Numbers_of_a_tunnel_query_out_of_range_are_rejected()
    {
        Refuses(() => new TunnelQuery(Guid.Empty, -1, null, 0), "Limit");
        Refuses(() => new TunnelQuery(Guid.Empty, int.MaxValue, null, 0), "Limit");
        Refuses(() => new TunnelQuery(Guid.Empty, 1, long.MaxValue, 0), "AfterUs");
        Refuses(() => new TunnelQuery(Guid.Empty, 1, null, long.MinValue), "NotBeforeMs");
        Refuses(() => new TunnelQuery(Guid.Empty, 1, null, 0) with { Limit = -1 }, "Limit");
    }

    private static void Refuses<T>(Func<T> make, string member) => make.Should().Throw<ArgumentOutOfRangeException>().Which.ParamName.Should().Be(member);
}
