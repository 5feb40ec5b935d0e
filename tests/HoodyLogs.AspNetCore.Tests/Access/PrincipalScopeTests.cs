using System.Globalization;
using System.Net;
using System.Security.Claims;
using FluentAssertions;
using HoodyLogs.AspNetCore.Access.Callers;
using HoodyLogs.AspNetCore.Tests.Endpoints;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using NUnit.Framework;
using static HoodyLogs.AspNetCore.Tests.Access.AccessServer;

namespace HoodyLogs.AspNetCore.Tests.Access;

/// <summary>Tests of scopes from claims, and of their expiry.</summary>
public sealed class PrincipalScopeTests
{
    private static readonly string Long = new('p', 129);

    public static IEnumerable<(string Type, string Value)[]> NamesNothing =>
    [
        [("project_id", "")],
        [("project_id", " p1")],
        [("project_id", "p1\n")],
        [("project_id", Long)],
        [("project_id", "p1"), ("project_id", "")],
        [("project_id", "p1"), ("project_id", "p2")],
        [("project_id", "p1"), ("container_id", "")],
        [("project_id", "p1"), ("container_id", " c1")],
        [("project_id", "p1"), ("container_id", Long)],
        [("project_id", "p1"), ("container_id", "c1"), ("container_id", "c2")],
        [("container_id", "c1")],
        [("Project_Id", "p1")],
    ];

    [TestCaseSource(nameof(NamesNothing))]
    public void A1_invalid_claims_give_no_scope((string Type, string Value)[] claims) =>
        PrincipalScope.GetScope(Principal(claims), new AccessOptions()).Should().BeNull();

    [Test]
    public void A1_a_repeated_claim_names_one_project_and_unauthenticated_identities_are_ignored()
    {
        var user = Principal(("project_id", "p1"), ("project_id", "p1"));
        user.AddIdentity(new ClaimsIdentity([new("project_id", "p2"), new(ClaimTypes.Role, "logs-admin")]));
        PrincipalScope.GetScope(user, new AccessOptions())!.ToString().Should().Be("p1");
        PrincipalScope.GetScope(new ClaimsPrincipal(), new AccessOptions()).Should().BeNull();
    }

    [Test]
    public void A1_the_admin_role_counts_in_any_identity()
    {
        var user = Principal(("project_id", ""));
        user.AddIdentity(new ClaimsIdentity([new(ClaimTypes.Role, "logs-admin")], "test"));
        PrincipalScope.GetScope(user, new AccessOptions())!.IsAll.Should().BeTrue();
    }

    [Test]
    public void A1_the_claim_types_and_the_role_are_options()
    {
        var options = new AccessOptions { ProjectClaim = "tenant", ContainerClaim = "https://example.org/box", AdminRole = "operator" };
        PrincipalScope.GetScope(Principal(("tenant", "p1"), ("https://example.org/box", "c1"), ("project_id", "p9")), options)!.ToString().Should().Be("p1/c1");
        PrincipalScope.GetScope(Principal((ClaimTypes.Role, "operator")), options)!.IsAll.Should().BeTrue();
        PrincipalScope.GetScope(Principal((ClaimTypes.Role, "logs-admin")), options).Should().BeNull();
    }

    [Test]
    public void U1_a_claim_that_looks_like_a_UUID_names_no_other_container()
    {
        foreach (var odd in new[] { "550E8400-0X9B-41D4-A716-446655440000", "550E8400-+09B-41D4-A716-446655440000" })
        {
            PrincipalScope.GetScope(Principal(("project_id", "p1"), ("container_id", odd)), new AccessOptions())!.ContainerId.Should().Be(odd);
        }
    }

    [Test]
    public async Task A8_a_stream_ends_when_the_ticket_expires([Values("ticket", "claim", "both")] string way, [Values] bool isRead)
    {
        var time = new ManualTime();
        await using var server = await StartedAsync(time, time.GetUtcNow().AddMinutes(10), way);
        await using var tail = await OpenAsync(server, isRead ? "" : "?tail=4000");
        if (isRead) (await tail.TextAsync(1)).Should().StartWith("retry: 3000\nid:");
        (await server.SendAsync(List + "/stream")).Status.Should().Be(HttpStatusCode.TooManyRequests, "the one stream is open");

        time.Advance(TimeSpan.FromMinutes(9));
        (await server.SendAsync(List + "/stream")).Status.Should().Be(HttpStatusCode.TooManyRequests, "the ticket is still good");
        time.Advance(TimeSpan.FromMinutes(1));

        if (isRead) (await tail.NextAsync()).Should().BeNull("the stream has ended");
        await Eventually.Holds(
            async () => (await server.SendAsync(List + "/stream")).Status != HttpStatusCode.TooManyRequests, "the stream is closed, read or not");
    }

    [Test]
    public async Task A8_a_stream_by_token_does_not_end_with_the_ticket()
    {
        var time = new ManualTime();
        await using var server = await StartedAsync(time, time.GetUtcNow().AddMinutes(10), "ticket");
        await using var tail = await StreamClient.OpenAsync(server.Address, token: P1);
        (await tail.TextAsync(1)).Should().StartWith("retry: 3000\nid:");
        time.Advance(TimeSpan.FromMinutes(20));
        (await tail.TextAsync(1)).Should().Be(":\n\n", "the stream goes on");
    }

    private static async Task<LogsApiServer> StartedAsync(ManualTime time, DateTimeOffset end, string way)
    {
        var server = await LogsApiServer.StartAsync(
            options =>
            {
                options.Access.Tokens.Add(new AccessToken { Token = P1, ProjectId = "p1" });
                options.Limits.MaxStreams = 1;
                options.MaxLimit = 10_000;
            },
            time: time,
            map: app =>
            {
                app.Use((context, next) =>
                {
                    var user = Principal(("project_id", "p1"));
                    if (way != "ticket") ((ClaimsIdentity)user.Identity!).AddClaim(new("exp", (way == "both" ? end.AddHours(1) : end).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));
                    context.User = user;
                    if (way != "claim") context.Features.Set<IAuthenticateResultFeature>(new Ticket(user, end));
                    return next(context);
                });
                app.MapProxyLogs();
            });
        for (var i = 0; i < 10; i++)
        {
            await server.AppendAsync([.. Enumerable.Range(0, 200).Select(_ => Some.Exchange(project: "p1", url: "/" + Some.Letters(8_000)))]);
        }

        return server;
    }

    private static Task<StreamClient> OpenAsync(LogsApiServer server, string query) =>
        StreamClient.OpenAsync(server.Address, query, token: null);

    private static ClaimsPrincipal Principal(params (string Type, string Value)[] claims) =>
        new(new ClaimsIdentity(claims.Select(claim => new Claim(claim.Type, claim.Value)), "tests"));

    private sealed class Ticket(ClaimsPrincipal user, DateTimeOffset end) : IAuthenticateResultFeature
    {
        public AuthenticateResult? AuthenticateResult { get; set; } =
            AuthenticateResult.Success(new AuthenticationTicket(user, new AuthenticationProperties { ExpiresUtc = end }, "tests"));
    }
}
