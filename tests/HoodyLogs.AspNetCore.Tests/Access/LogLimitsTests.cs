using System.Net;
using FluentAssertions;
using HoodyLogs.AspNetCore.Access;
using HoodyLogs.AspNetCore.Tests.Endpoints;
using HoodyLogs.Tenancy;
using HoodyLogs.TestSupport;
using NUnit.Framework;
using static HoodyLogs.AspNetCore.Tests.Access.AccessServer;

namespace HoodyLogs.AspNetCore.Tests.Access;

/// <summary>How often a scope may read (decision A4).</summary>
public sealed class LogLimitsTests
{
    private const string SecondOfP1 = "another-token-of-project-one";

    [Test]
    public async Task A4_over_the_limit_is_429_with_the_documented_body_for_that_scope_alone()
    {
        await using var server = await StartAsync(options =>
        {
            options.Limits.ReadsPerMinute = 3;
            options.Access.Tokens.Add(new AccessToken { Token = SecondOfP1, ProjectId = "p1" });
        });
        foreach (var path in new[] { List, List + "/stats", List + "/1" }) await server.SendAsync(path, ("X-Logs-Token", P1));

        using var client = server.Stranger();
        client.DefaultRequestHeaders.Add("X-Logs-Token", SecondOfP1);
        using var refused = await client.GetAsync(new Uri(List + "?limit=x", UriKind.Relative));
        refused.StatusCode.Should().Be(HttpStatusCode.TooManyRequests, "two tokens of a scope share what it has");
        refused.Headers.RetryAfter!.Delta.Should().BeGreaterThan(TimeSpan.Zero).And.BeLessThanOrEqualTo(TimeSpan.FromMinutes(1));
        (await refused.Content.ReadAsStringAsync()).Should()
            .Be("""{"statusCode":429,"error":"Too Many Requests","message":"Rate limit exceeded for log reads"}""");
        (await server.StatusAsync(("X-Logs-Token", P1C1))).Should().Be(HttpStatusCode.OK, "a container of the project has its own share");
        (await server.StatusAsync(("X-Logs-Token", P2))).Should().Be(HttpStatusCode.OK);
    }

    [Test]
    public async Task A4_strangers_use_up_nobodys_share()
    {
        await using var server = await StartAsync(options => options.Limits.ReadsPerMinute = 1);
        for (var i = 0; i < 5; i++)
        {
            (await server.StatusAsync(("X-Logs-Token", "no-such-token-at-all"))).Should().Be(HttpStatusCode.Forbidden);
            (await server.SendAsync(List + "?projectId=p2", ("X-Logs-Token", P1))).Status.Should().Be(HttpStatusCode.Forbidden);
        }

        (await server.StatusAsync(("X-Logs-Token", P1))).Should().Be(HttpStatusCode.OK);
        (await server.StatusAsync(("X-Logs-Token", P1))).Should().Be(HttpStatusCode.TooManyRequests);
    }

    [Test]
    public async Task A4_U2_the_tunnel_route_says_it_in_its_own_words()
    {
        await using var server = await StartAsync(options => options.Limits.ReadsPerMinute = 1);
        await server.StatusAsync(("X-Logs-Token", P1));
        (await server.SendAsync("/v1/tunnels/x/requests", ("X-Logs-Token", P1))).Status.Should().Be(HttpStatusCode.BadRequest);
        var tunnel = Guid.NewGuid();
        (await server.SendAsync($"/v1/tunnels/{tunnel}/requests", ("X-Logs-Token", P1))).Status.Should().Be(HttpStatusCode.NotFound);
        await server.Store.AppendAsync([Some.Exchange(project: "p1", container: tunnel.ToString())], CancellationToken.None);
        (await server.SendAsync($"/v1/tunnels/{tunnel}/requests?limit=0", ("X-Logs-Token", P1))).Status.Should().Be(HttpStatusCode.BadRequest);
        var (status, body) = await server.SendAsync($"/v1/tunnels/{tunnel}/requests", ("X-Logs-Token", P1));
        status.Should().Be(HttpStatusCode.TooManyRequests);
        body.Should().Be("""{"code":"RATE_LIMITED","message":"Rate limit exceeded for log reads"}""");
    }

    [Test]
    public async Task A4_a_reload_changes_the_limit()
    {
        await using var server = await StartAsync(options => options.Limits.ReadsPerMinute = 1);
        (await server.StatusAsync(("X-Logs-Token", LogsApiServer.AdminToken))).Should().Be(HttpStatusCode.OK);
        (await server.StatusAsync(("X-Logs-Token", LogsApiServer.AdminToken))).Should().Be(HttpStatusCode.TooManyRequests);
        server.Options.Swap(options => options.Limits.ReadsPerMinute = 2);
        (await server.StatusAsync(("X-Logs-Token", LogsApiServer.AdminToken))).Should().Be(HttpStatusCode.OK);
    }

    [Test]
    public void A4_a_scope_has_so_many_streams_and_gets_them_back()
    {
        var options = new TestOptions(options => options.Limits.StreamsPerScope = 2);
        using var limits = new LogLimits(options);
        var (scope, alike) = (LogScope.Container("p", "c"), LogScope.Project("p/c"));
        var first = limits.TryOpenStream(scope);
        using var second = limits.TryOpenStream(LogScope.Container("p", "c"));
        limits.TryOpenStream(scope).Should().BeNull();
        limits.TryOpenStream(alike).Should().NotBeNull("a scope that is only written alike is another");
        first!.Dispose();
        first.Dispose();
        using var third = limits.TryOpenStream(scope);
        third.Should().NotBeNull();
        limits.TryOpenStream(scope).Should().BeNull("closing a stream twice gives back one");
        options.Swap(next => next.Limits.StreamsPerScope = 3);
        limits.TryOpenStream(scope).Should().NotBeNull("a reload counts the streams that are open");
        options.Swap(next => next.Limits.StreamsPerScope = 1);
        limits.TryOpenStream(scope).Should().BeNull();
    }
}
