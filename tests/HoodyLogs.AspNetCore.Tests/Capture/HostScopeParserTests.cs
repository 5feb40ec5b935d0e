using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Scopes;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

public sealed class HostScopeParserTests
{
    private const string Uuid = "550e8400-e29b-41d4-a716-446655440000";

    [TestCase("p1-c1-logs-1", "p1", "c1", "logs")]
    [TestCase("p1-c1-logs-1.example.com", "p1", "c1", "logs")]
    [TestCase("p1-c1-logs-1.example.com:8443", "p1", "c1", "logs")]
    [TestCase("p1-c1-user-api-12:80", "p1", "c1", "user-api")]
    [TestCase("P1-C1-Logs-007.EXAMPLE", "p1", "c1", "logs")]
    [TestCase("p1-" + Uuid + "-logs-1.example", "p1", Uuid, "logs")]
    [TestCase("proj_a-cnt_b-logs-1.example", "proj_a", "cnt_b", "logs")]
    [TestCase("p1-550e8400-0x9b-41d4-a716-446655440000-logs-1", "p1", "550e8400", "0x9b-41d4-a716-446655440000-logs")]
    public void A6_a_host_name_of_the_expected_form_names_a_scope(string host, string project, string container, string service)
    {
        HostScopeParser.TryParse(host, out var names).Should().BeTrue();
        names.Should().Be((project, container, service));
    }

    [TestCase("")]
    [TestCase("localhost")]
    [TestCase("127.0.0.1")]
    [TestCase("[::1]:80")]
    [TestCase("p1-c1-logs")]
    [TestCase("p1-c1-1")]
    [TestCase("p1-logs-1")]
    [TestCase("p1-c1-logs-x1")]
    [TestCase("p1-c1-logs-")]
    [TestCase("p1-c1--1")]
    [TestCase("p1--logs-1")]
    [TestCase("-c1-logs-1")]
    [TestCase("--logs-1")]
    [TestCase("www.p1-c1-logs-1.example")]
    [TestCase("p 1-c1-logs-1")]
    [TestCase("p1-c1-logs-١")]
    public void A6_other_host_names_name_no_scope(string host)
    {
        HostScopeParser.TryParse(host, out var names).Should().BeFalse();
        names.Should().Be(default((string, string, string)));
    }
}
