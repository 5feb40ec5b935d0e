using System.Net;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Yarp.ReverseProxy.Configuration;

namespace HoodyLogs.Yarp.Tests;

/// <summary>What <c>data</c> of a response entry says about the choices of YARP.</summary>
public sealed class DataTests
{
    private static readonly string[] Members = ["route", "cluster", "destination", "beforeUpstreamMs", "upstreamHeadersMs", "upstreamBodyMs"];

    private Upstream _upstream = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _upstream = await Upstream.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await _upstream.DisposeAsync();

    [Test]
    public async Task E6_route_cluster_and_destination_are_named()
    {
        await using var proxy = await ProxyHost.StartAsync(_upstream.Address);

        (await proxy.GetAsync()).Dispose();

        var entry = await proxy.ResponseAsync();
        entry.GetProperty("data").EnumerateObject().Select(member => member.Name).Should().Contain(Members)
            .And.NotContain(["upstreamError", "attempts", "earlierAttempts", "destinationHealth", "dataTruncated"]);
        (entry.Data("route"), entry.Data("cluster"), entry.Data("destination")).Should().Be(("all", "web", "first"));
    }

    [Test]
    public async Task A_second_call_changes_nothing()
    {
        var calls = 0;
        var setup = new Setup
        {
            Logs = logs => logs.Capture.Enrich = (_, _) => calls++,
            Build = builder => builder.Services.AddProxyLogs().AddYarp().AddYarp(),
        };
        await using var proxy = await ProxyHost.StartAsync(_upstream.Address, setup);

        (await proxy.GetAsync()).Dispose();

        (await proxy.ResponseAsync()).Data("dataTruncated").Should().BeNull("no member was added twice");
        calls.Should().Be(1);
    }

    [Test]
    public async Task The_hosts_Enrich_adds_its_members_too()
    {
        await using var proxy = await ProxyHost.StartAsync(
            _upstream.Address, new Setup { Logs = logs => logs.Capture.Enrich = (context, data) => data.Add("region", context.Request.Query["region"]) });

        (await proxy.GetAsync("/?region=eu")).Dispose();

        var entry = await proxy.ResponseAsync();
        (entry.Data("region"), entry.Data("route")).Should().Be(("eu", "all"));
    }

    [Test]
    public async Task Members_of_YARP_are_there_if_the_hosts_Enrich_fails()
    {
        await using var proxy = await ProxyHost.StartAsync(
            _upstream.Address, new Setup { Logs = logs => logs.Capture.Enrich = (_, _) => throw new InvalidOperationException() });

        (await proxy.GetAsync()).Dispose();

        (await proxy.ResponseAsync()).GetProperty("data").EnumerateObject().Select(member => member.Name).Should().Contain(Members);
    }

    [Test]
    public async Task Session_affinity_keeps_the_destination_and_its_key_is_not_stored()
    {
        var cluster = ProxyHost.Cluster("web", [("first", _upstream.Address.ToString()), ("second", _upstream.Address.ToString())]) with
        {
            LoadBalancingPolicy = "RoundRobin",
            SessionAffinity = new SessionAffinityConfig { Enabled = true, Policy = "HashCookie", FailurePolicy = "Return503Error", AffinityKeyName = "affinity" },
        };
        await using var proxy = await ProxyHost.StartAsync([ProxyHost.Route()], [cluster], new Setup { Logs = logs => logs.Capture.CaptureHeaders = true });
        using var first = await proxy.GetAsync();
        var cookie = first.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

        (await proxy.GetAsync("/", ("Cookie", cookie))).Dispose();
        (await proxy.GetAsync("/", ("Cookie", cookie))).Dispose();
        using var lost = await proxy.GetAsync("/", ("Cookie", "affinity=of-a-destination-that-is-gone"));

        var entries = await proxy.ResponsesAsync(4);
        entries[..3].Select(entry => entry.Data("destination")).Distinct().Should().ContainSingle().Which.Should().NotBeNull();
        lost.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        (entries[3].Data("route"), entries[3].Data("destination")).Should().Be(("all", null));
        (await proxy.ReadAsync("")).GetRawText().Should().NotContain(cookie.Split('=')[1]);
    }

    [Test]
    public async Task A_retry_names_the_destination_that_answered_and_the_attempt_before_it()
    {
        var setup = new Setup { Pipeline = pipeline => pipeline.Use(RetryOnNextDestinationAsync) };
        await using var proxy = await ProxyHost.StartAsync(
            [ProxyHost.Route()], [ProxyHost.Cluster("web", [("first", $"{Upstream.Refusing}"), ("second", $"{_upstream.Address}")])], setup);

        using var response = await proxy.GetAsync();

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        var entry = await proxy.ResponseAsync();
        (entry.Data("destination"), entry.Data("attempts"), entry.Data("earlierAttempts")).Should().Be(("second", "2", "first: Request"));
        entry.Data("upstreamError").Should().BeNull("the last attempt succeeded");
    }

    [Test]
    public async Task A_retry_that_fails_too_names_its_own_error()
    {
        await using var failing = await Upstream.StartAsync(context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        var setup = new Setup { Pipeline = pipeline => pipeline.Use(RetryOnNextDestinationAsync) };
        await using var proxy = await ProxyHost.StartAsync(
            [ProxyHost.Route()], [ProxyHost.Cluster("web", [("first", $"{failing.Address}"), ("second", $"{Upstream.Refusing}")])], setup);

        using var response = await proxy.GetAsync();

        response.StatusCode.Should().Be(HttpStatusCode.BadGateway);
        var entry = await proxy.ResponseAsync();
        (entry.Data("destination"), entry.Data("attempts"), entry.Data("earlierAttempts")).Should().Be(("second", "2", "first: 503"));
        (entry.Data("upstreamError"), entry.Data("upstreamHeadersMs")).Should().Be(("Request", null));
    }

    [Test]
    public async Task A_host_that_retries_without_end_gets_sixteen_attempts_described()
    {
        var setup = new Setup
        {
            Pipeline = pipeline => pipeline.Use(async (context, next) =>
            {
                for (var attempt = 0; attempt < 30; attempt++)
                {
                    context.Response.Clear();
                    await next(context);
                }
            }),
        };
        await using var proxy = await ProxyHost.StartAsync(Upstream.Refusing, setup);

        (await proxy.GetAsync()).Dispose();

        var entry = await proxy.ResponseAsync();
        (entry.Data("attempts"), entry.Data("upstreamError")).Should().Be(("30", "Request"));
        entry.Data("earlierAttempts").Should().Be(string.Join(", ", Enumerable.Repeat("first: Request", 16)));
    }

    [Test]
    public async Task Direct_forwarding_names_its_error_only()
    {
        var setup = new Setup { App = app => app.MapForwarder("/direct", Upstream.Refusing.ToString()) };
        await using var proxy = await ProxyHost.StartAsync(_upstream.Address, setup);

        (await proxy.GetAsync("/direct")).Dispose();

        var entry = await proxy.ResponseAsync();
        entry.Data("upstreamError").Should().Be("Request");
        entry.GetProperty("data").EnumerateObject().Select(member => member.Name).Should().NotContain(Members);
    }

    /// <summary>Retries as YARP's documentation shows it: the destinations that are left, after the response is cleared.</summary>
    private static async Task RetryOnNextDestinationAsync(HttpContext context, RequestDelegate next)
    {
        var proxied = context.GetReverseProxyFeature();
        var destinations = proxied.AvailableDestinations;
        proxied.AvailableDestinations = [destinations.Single(destination => destination.DestinationId == "first")];
        await next(context);
        if (context.Response.HasStarted || context.Response.StatusCode < 500) return;
        context.Response.Clear();
        proxied.AvailableDestinations = [destinations.Single(destination => destination.DestinationId == "second")];
        await next(context);
    }
}
