using System.Diagnostics;
using System.Text.RegularExpressions;
using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Exchanges;
using Microsoft.AspNetCore.Http;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

public sealed class TraceContextTests
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
    public void E4_a_valid_traceparent_provides_the_trace_id(string header, bool isValid)
    {
        TraceContext.TryRead(header, out var id).Should().Be(isValid);
        id.Should().Be(isValid ? "4bf92f3577b34da6a3ce929d0e0e4736" : "");
    }

    [Test]
    public void E4_without_a_traceparent_the_trace_id_is_a_UUID_with_valid_version_bits()
    {
        using var activity = new Activity("shared").SetIdFormat(ActivityIdFormat.W3C).Start(); // not the activity of the request

        TraceContext.Of(new DefaultHttpContext()).Should().BeNull();
        var ids = Enumerable.Range(0, 100).Select(_ => TraceContext.NewUuid().ToString()).ToList();

        ids.Should().OnlyHaveUniqueItems().And.OnlyContain(id => Regex.IsMatch(id, "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"));
    }
}
