using System.Net;
using FluentAssertions;
using HoodyLogs.AspNetCore.Access;
using HoodyLogs.AspNetCore.Tests.Endpoints;
using HoodyLogs.TestSupport;
using NUnit.Framework;
using static HoodyLogs.AspNetCore.Tests.Access.AccessServer;

namespace HoodyLogs.AspNetCore.Tests.Access;

/// <summary>Tests of tokens and of the scopes that they may name.</summary>
public sealed class TokenTableTests
{
    private LogsApiServer _server = null!;

    [OneTimeSetUp]
    public async Task Start() => _server = await StartAsync();

    [OneTimeTearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [TestCase("X-Logs-Token", LogsApiServer.AdminToken, 6)]
    [TestCase("X-Logs-Token", P1, 4)]
    [TestCase("X-Logs-Token", P1C1, 2)]
    [TestCase("Authorization", "Bearer " + P2, 2)]
    [TestCase("Authorization", "bearer   " + P2 + " ", 2)]
    public async Task A1_a_token_gives_its_scope(string header, string value, int total) =>
        (await _server.TotalAsync((header, value))).Should().Be(total);

    [TestCase("X-Logs-Token", "no-such-token-at-all")]
    [TestCase("X-Logs-Token", "short")]
    [TestCase("X-Logs-Token", "")]
    [TestCase("X-Logs-Token", P1 + "x")]
    [TestCase("X-Logs-Token", "TOKEN-OF-PROJECT-ONE")]
    [TestCase("Authorization", "Bearer no-such-token-at-all")]
    [TestCase("Authorization", "Basic " + P1)]
    [TestCase("Authorization", P1)]
    [TestCase("Cookie", "token=" + P1)]
    public async Task A2_no_valid_rule_is_403_with_the_documented_message(string header, string value)
    {
        var (status, body) = await _server.SendAsync(List, (header, value));
        status.Should().Be(HttpStatusCode.Forbidden);
        body.Should().Be("""{"statusCode":403,"error":"Forbidden","message":"Logs token missing or invalid"}""");
    }

    [Test]
    public async Task A1_X_Logs_Token_takes_precedence_over_the_bearer_token()
    {
        (await _server.TotalAsync(("X-Logs-Token", P1C1), ("Authorization", "Bearer " + LogsApiServer.AdminToken))).Should().Be(2);
        (await _server.StatusAsync(("X-Logs-Token", "no-such-token-at-all"), ("Authorization", "Bearer " + P1))).Should().Be(HttpStatusCode.Forbidden);
    }

    [TestCase("token")]
    [TestCase("access_token")]
    [TestCase("X-Logs-Token")]
    public async Task A3_a_token_in_the_query_string_is_refused(string name) =>
        (await _server.SendAsync($"{List}?{name}={LogsApiServer.AdminToken}")).Status.Should().Be(HttpStatusCode.Forbidden);

    [Test]
    public void A3_tokens_have_16_to_512_characters()
    {
        var table = new TokenTable(new[] { 15, 16, 512, 513 }.Select(length => new AccessToken { Token = new string('é', length), ProjectId = $"p{length}" }));
        table.Count.Should().Be(2);
        table.Find(new string('é', 15)).Should().BeNull();
        table.Find(new string('é', 16))!.ProjectId.Should().Be("p16");
        table.Find(new string('é', 512))!.ProjectId.Should().Be("p512");
        table.Find(new string('é', 513)).Should().BeNull();
    }

    [TestCase(P1, "projectId=p2", HttpStatusCode.Forbidden)]
    [TestCase(P1, "projectId=p1,p2", HttpStatusCode.Forbidden)]
    [TestCase(P1, "projectId=p1&projectId=nowhere", HttpStatusCode.Forbidden)]
    [TestCase(P1, "projectId=p2&kind=nonsense", HttpStatusCode.Forbidden)]
    [TestCase(P1, "projectId=p1", HttpStatusCode.OK)]
    [TestCase(P1, "containerId=c1", HttpStatusCode.OK)]
    [TestCase(P1, "containerId=nowhere", HttpStatusCode.OK)]
    [TestCase(P1C1, "containerId=c2", HttpStatusCode.Forbidden)]
    [TestCase(P1C1, "containerId=c1,c2", HttpStatusCode.Forbidden)]
    [TestCase(P1C1, "containerId=c1&projectId=p1", HttpStatusCode.OK)]
    [TestCase(P1C1, "projectId=P1", HttpStatusCode.Forbidden)]
    public async Task A2_naming_another_scope_is_403(string token, string query, HttpStatusCode expected)
    {
        foreach (var path in new[] { List, List + "/stats" })
        {
            var (status, body) = await _server.SendAsync($"{path}?{query}", ("X-Logs-Token", token));
            status.Should().Be(expected, path);
            if (expected == HttpStatusCode.Forbidden) body.Should().Contain("\"Caller is not permitted to read logs for this scope\"");
        }
    }

    [Test]
    public async Task A2_the_stream_answers_403_for_another_scope_before_it_starts()
    {
        var (status, body) = await _server.SendAsync(List + "/stream?projectId=p2", ("X-Logs-Token", P1));
        status.Should().Be(HttpStatusCode.Forbidden);
        body.Should().Contain("\"Caller is not permitted to read logs for this scope\"");
    }

    [Test]
    public async Task A2_a_project_scope_cannot_distinguish_foreign_containers_from_missing_ones()
    {
        await _server.AppendAsync(Some.Exchange(project: "p9", container: "only-there"));
        var foreign = await _server.SendAsync(List + "?containerId=only-there", ("X-Logs-Token", P1));
        foreign.Should().Be(await _server.SendAsync(List + "?containerId=nowhere", ("X-Logs-Token", P1)));
        foreign.Body.Should().StartWith("""{"entries":[],"total":0,""");
    }

    [TestCase("550E8400-0X9B-41D4-A716-446655440000", "550e8400-009b-41d4-a716-446655440000")]
    [TestCase("550E8400-+09B-41D4-A716-446655440000", "550e8400-009b-41d4-a716-446655440000")]
    [TestCase("550E8400-E29B-41D4-A716- 46655440000", "550e8400-e29b-41d4-a716-046655440000")]
    public async Task U1_a_token_for_an_id_that_only_looks_like_a_UUID_reads_no_other_container(string odd, string real)
    {
        const string token = "token-of-an-odd-container";
        await using var server = await StartAsync(options => options.Access.Tokens.Add(new AccessToken { Token = token, ProjectId = "p1", ContainerId = odd }));
        await server.AppendAsync(Some.Exchange(project: "p1", container: real));
        (await server.TotalAsync(("X-Logs-Token", token))).Should().Be(0);
        (await server.SendAsync($"{List}?containerId={real}", ("X-Logs-Token", token))).Status.Should().Be(HttpStatusCode.Forbidden);
        (await server.SendAsync($"/v1/tunnels/{real}/requests", ("X-Logs-Token", token))).Status.Should().Be(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task A1_a_reload_replaces_the_tokens()
    {
        await using var server = await StartAsync();
        server.Options.Swap(options => options.Access.Tokens.Add(new AccessToken { Token = "a-token-that-came-later", ProjectId = "p2" }));
        (await server.StatusAsync(("X-Logs-Token", P1))).Should().Be(HttpStatusCode.Forbidden);
        (await server.TotalAsync(("X-Logs-Token", "a-token-that-came-later"))).Should().Be(2);
    }
}
