using System.Diagnostics;
using FluentAssertions;
using HoodyLogs.AspNetCore.Capture;
using Microsoft.AspNetCore.Http;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

public sealed class TraceIdsTests
{
    [TestCase("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true)]
    [TestCase("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-later", true)]
    [TestCase("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-later", false)]
    [TestCase("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false)]
    [TestCase("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", false)]
    [TestCase("00-00000000000000000000000000000000-00f067aa0ba902b7-01", false)]
    [TestCase("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", false)]
    [TestCase("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7", false)]
    [TestCase("", false)]
    public void E4_a_valid_traceparent_gives_its_trace_id(string header, bool isValid)
    {
        TraceIds.TryRead(header, out var id).Should().Be(isValid);
        id.Should().Be(isValid ? "4bf92f3577b34da6a3ce929d0e0e4736" : "");
    }

    [Test]
    public void E4_without_a_traceparent_the_UUID_has_the_digits_of_the_host_s_own_activity()
    {
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();

        var id = TraceIds.Of(new HeaderDictionary());

        Guid.ParseExact(id, "D").ToString("N").Should().Be(activity.TraceId.ToHexString());
    }

    [Test]
    public void E4_the_request_s_own_trace_id_comes_before_the_host_s_activity()
    {
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();

        TraceIds.Of(new HeaderDictionary { ["traceparent"] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" })
            .Should().Be("4bf92f3577b34da6a3ce929d0e0e4736");
    }
}
