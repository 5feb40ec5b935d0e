using System.Net;
using FluentAssertions;
using HoodyLogs.AspNetCore.Access;
using HoodyLogs.AspNetCore.Tests.Endpoints;
using HoodyLogs.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using static HoodyLogs.AspNetCore.Tests.Access.AccessServer;

namespace HoodyLogs.AspNetCore.Tests.Access;

/// <summary>Tests of the limits of a scope.</summary>
public sealed class ReadLimiterTests
{
    private const string SecondOfP1 = "another-token-of-project-one";

    [Test]
    public async Task A4_a_scope_over_its_limit_gets_429_with_the_documented_body()
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
    public async Task A4_denied_requests_do_not_count()
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
    public async Task A4_U2_the_tunnel_route_uses_its_own_error_form()
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
    public void A4_the_streams_of_a_scope_are_limited_and_released()
    {
        var options = new TestOptions(options => options.Limits.MaxStreams = 2);
        var limits = new ReadLimiter(options, TimeProvider.System);
        var (scope, alike) = (LogScope.Container("p", "c"), LogScope.Project("p/c"));
        var first = limits.TryAcquireStream(scope);
        using var second = limits.TryAcquireStream(LogScope.Container("p", "c"));
        limits.TryAcquireStream(scope).Should().BeNull();
        limits.TryAcquireStream(alike).Should().NotBeNull("a scope that is only written alike is another");
        first!.Dispose();
        first.Dispose();
        using var third = limits.TryAcquireStream(scope);
        third.Should().NotBeNull();
        limits.TryAcquireStream(scope).Should().BeNull("closing a stream twice gives back one");
        options.Swap(next => next.Limits.MaxStreams = 3);
        limits.TryAcquireStream(scope).Should().NotBeNull("a reload counts the streams that are open");
        options.Swap(next => next.Limits.MaxStreams = 1);
        limits.TryAcquireStream(scope).Should().BeNull();
    }

    [Test]
    public void A4_concurrent_reads_of_a_scope_are_limited_and_a_refused_read_does_not_count()
    {
        var options = new TestOptions(options => (options.Limits.MaxConcurrentReads, options.Limits.ReadsPerMinute) = (2, 3));
        var limits = new ReadLimiter(options, new ManualTime());
        var scope = LogScope.Project("p1");
        var first = limits.TryAcquireRead(scope, false, out _)!;
        var second = limits.TryAcquireRead(scope, false, out _)!;
        limits.TryAcquireRead(scope, false, out var retryAfter).Should().BeNull();
        retryAfter.Should().Be(TimeSpan.FromSeconds(1));
        limits.TryAcquireRead(LogScope.Project("p2"), false, out _).Should().NotBeNull();
        first.Dispose();
        first.Dispose();
        limits.TryAcquireRead(scope, false, out _).Should().NotBeNull();
        limits.TryAcquireRead(scope, false, out _).Should().BeNull();
        second.Dispose();
        limits.TryAcquireRead(scope, false, out retryAfter).Should().BeNull("the minute is used up");
        retryAfter.Should().Be(TimeSpan.FromMinutes(1));
    }

    [TestCase(65_536, 8)]
    [TestCase(1_048_576, 2)]
    [TestCase(16_777_216, 1)]
    public void A4_reads_with_large_bodies_count_several_times(int maxBodyBytes, int reads)
    {
        var options = new TestOptions(options => (options.Limits.MaxConcurrentReads, options.Capture.MaxBodyBytes) = (8, maxBodyBytes));
        var limits = new ReadLimiter(options, new ManualTime());
        for (var i = 0; i < reads; i++) limits.TryAcquireRead(LogScope.All, true, out _).Should().NotBeNull();
        limits.TryAcquireRead(LogScope.All, true, out _).Should().BeNull();
    }

    [Test]
    public void A4_idle_scopes_are_forgotten_and_scopes_beyond_the_maximum_share_one_limit()
    {
        var time = new ManualTime();
        var limits = new ReadLimiter(new TestOptions(options => options.Limits.ReadsPerMinute = 2), time);
        for (var i = 0; i < ReadLimiter.MaxScopes; i++) limits.TryAcquireRead(LogScope.Project($"p{i}"), false, out _)!.Dispose();
        limits.TryAcquireRead(LogScope.Project("new"), false, out _)!.Dispose();
        limits.TryAcquireRead(LogScope.Project("newer"), false, out _)!.Dispose();
        limits.TryAcquireRead(LogScope.Project("newest"), false, out _).Should().BeNull();
        limits.Scopes.Should().Be(ReadLimiter.MaxScopes);
        var stream = limits.TryAcquireStream(LogScope.Project("p1"));
        time.Advance(TimeSpan.FromMinutes(1));
        limits.TryAcquireRead(LogScope.Project("newest"), false, out _)!.Dispose();
        limits.Scopes.Should().Be(2, "one has a stream open");
        stream!.Dispose();
    }

    [Test]
    public async Task A4_streams_that_read_count_as_reads_and_others_do_not()
    {
        using var folder = new TestFolder();
        await using var server = await StreamServer.StartAsync(folder.Database, options => options.Limits.ReadsPerMinute = 3);
        foreach (var (query, lastEventId) in new[] { ("?tail=1", null), ("", "1"), ("?q=x", (string?)null) })
        {
            using var open = await StreamClient.GetAsync(server.Address, query, lastEventId);
            open.StatusCode.Should().Be(HttpStatusCode.OK);
        }

        foreach (var (query, lastEventId) in new[] { ("?tail=1", null), ("", "1"), ("?status=500", null), ("?tail=5&q=x", (string?)null) })
        {
            using var refused = await StreamClient.GetAsync(server.Address, query, lastEventId);
            refused.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
            refused.Headers.RetryAfter!.Delta.Should().BePositive();
            (await refused.Content.ReadAsStringAsync()).Should().Be("""{"statusCode":429,"error":"Too Many Requests","message":"Rate limit exceeded for log reads"}""");
        }

        using var live = await StreamClient.GetAsync(server.Address, "?level=error");
        live.StatusCode.Should().Be(HttpStatusCode.OK, "nothing is read for it");
    }

    [Test]
    public async Task A4_over_the_limit_the_tunnel_directory_is_not_called_and_every_tunnel_gets_the_same_answer()
    {
        var directory = new CountingDirectory();
        await using var server = await StartAsync(
            options => options.Limits.ReadsPerMinute = 1, build: builder => builder.Services.AddSingleton<ITunnelDirectory>(directory));
        await server.StatusAsync(("X-Logs-Token", P1));
        foreach (var tunnel in new[] { CountingDirectory.Known, Guid.NewGuid() })
        {
            var (status, body) = await server.SendAsync($"/v1/tunnels/{tunnel}/requests", ("X-Logs-Token", P1));
            (status, body).Should().Be((HttpStatusCode.TooManyRequests, """{"code":"RATE_LIMITED","message":"Rate limit exceeded for log reads"}"""));
            (await server.SendAsync($"/v1/tunnels/{tunnel}/requests?limit=0", ("X-Logs-Token", P1))).Status.Should().Be(HttpStatusCode.BadRequest);
        }

        directory.Asked.Should().Be(0);
    }

    private sealed class CountingDirectory : ITunnelDirectory
    {
        public static readonly Guid Known = Guid.NewGuid();

        public int Asked { get; private set; }

        public ValueTask<LogScope?> FindOwnerAsync(Guid tunnelId, CancellationToken cancellationToken)
        {
            Asked++;
            return ValueTask.FromResult(tunnelId == Known ? LogScope.Project("p1") : null);
        }
    }
}
