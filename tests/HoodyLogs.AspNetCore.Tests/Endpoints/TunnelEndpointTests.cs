using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using FluentAssertions;
using HoodyLogs.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>Tests of the tunnel route.</summary>
public sealed partial class TunnelEndpointTests
{
    private const string Tunnel = "550e8400-e29b-41d4-a716-446655440000";
    private const string Other = "650e8400-e29b-41d4-a716-446655440000";
    private const string Project = "token-of-project-one";
    private const string Container = "token-of-the-tunnel-itself";

    private readonly ManualTime _time = new(new DateTimeOffset(2024, 3, 15, 10, 32, 45, 123, TimeSpan.Zero));
    private LogsApiServer _server = null!;

    [SetUp]
    public async Task Start() => _server = await LogsApiServer.StartAsync(Configure, time: _time);

    [TearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [Test]
    public async Task U3_U4_U6_the_answer_equals_the_documented_example_byte_for_byte()
    {
        var startedMs = new DateTimeOffset(2024, 3, 15, 10, 32, 44, 700, TimeSpan.Zero).ToUnixTimeMilliseconds();
        await _server.AppendAsync(
            Some.Exchange(container: Tunnel, url: "/ws?x=1#y", status: 101, atMs: startedMs, durationUs: 1_250_800, responseData: "\"protocol\":\"ws\",\"close\":1000"),
            Failed(startedMs + 150),
            Some.Exchange(container: Tunnel, url: "/api/users", atMs: startedMs + 190, durationUs: 42_500, responseData: "\"protocol\":\"HTTP/2\""));
        (await _server.Client.GetStringAsync(PathOf(Tunnel))).Should().Be(
            "["
            + """{"ingestedAt":"2024-03-15T10:32:45.123002Z","startedAt":"2024-03-15T10:32:44.890Z","method":"GET","path":"/api/users","statusCode":200,"durationMs":42.5,"responseBytes":318,"error":false,"protocol":"http"},"""
            + """{"ingestedAt":"2024-03-15T10:32:45.123001Z","startedAt":"2024-03-15T10:32:44.850Z","method":"POST","path":"/api/orders","statusCode":500,"durationMs":150.2,"responseBytes":null,"error":true,"protocol":"http"},"""
            + """{"ingestedAt":"2024-03-15T10:32:45.123000Z","startedAt":"2024-03-15T10:32:44.700Z","method":"GET","path":"/ws","statusCode":101,"durationMs":1250.8,"responseBytes":318,"error":false,"protocol":"ws"}"""
            + "]");
    }

    [Test]
    public async Task U6_error_depends_on_the_level_and_not_on_the_status()
    {
        await _server.AppendAsync(
            Some.Exchange(container: Tunnel, status: 200, level: EntryLevel.Error), Some.Exchange(container: Tunnel, status: 503, level: EntryLevel.Warn));
        (await ArrayAsync("")).Select(entry => entry.GetProperty("error").GetBoolean()).Should().Equal(false, true);
    }

    [Test]
    public async Task U1_request_entries_and_events_are_not_listed()
    {
        await _server.AppendAsync(
            new LogRecord { Shape = RecordShape.Request, TimestampMs = 1, ContainerId = Tunnel, ProjectId = "p1" },
            new LogRecord { Shape = RecordShape.Response, TimestampMs = 1, ContainerId = Tunnel, ProjectId = "p1", Status = 204 },
            Some.Event(container: Tunnel, project: "p1"));
        (await ArrayAsync("")).Select(entry => entry.GetProperty("statusCode").GetInt32()).Should().Equal(204);
    }

    [TestCase("550E8400-E29B-41D4-A716-446655440000")]
    [TestCase("550e8400-e29b-41D4-a716-446655440000")]
    public async Task U1_the_case_of_the_UUID_does_not_matter(string written)
    {
        await _server.AppendAsync(Some.Exchange(container: Tunnel));
        JsonDocument.Parse(await _server.Client.GetStringAsync(PathOf(written))).RootElement.GetArrayLength().Should().Be(1);
    }

    [Test]
    public async Task U2_401_comes_before_anything_else()
    {
        foreach (var path in new[] { PathOf(Tunnel), PathOf("nonsense"), PathOf(Tunnel, "limit=x") })
        {
            foreach (var (name, value) in new[] { ("X-Nothing", "x"), ("Authorization", "Bearer no-such-token-at-all"), ("X-Logs-Token", "no-such-token-at-all") })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { name, value } } };
                using var stranger = _server.Stranger();
                using var response = await stranger.SendAsync(request);
                response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
                response.Headers.WwwAuthenticate.ToString().Should().Be("Bearer");
                (await response.Content.ReadAsStringAsync()).Should().Be("""{"code":"UNAUTHORIZED","message":"Missing or invalid access token"}""");
            }
        }
    }

    [TestCase("nonsense")]
    [TestCase("550e8400e29b41d4a716446655440000")]
    [TestCase("{550e8400-e29b-41d4-a716-446655440000}")]
    [TestCase("550e8400-e29b-41d4-a716-44665544000g")]
    [TestCase("550e8400-e29b-41d4-a716-4466554400000")]
    [TestCase("%20550e8400-e29b-41d4-a716-446655440000")]
    [TestCase("+50e8400-e29b-41d4-a716-446655440000")]
    [TestCase("0x0e8400-e29b-41d4-a716-446655440000")]
    [TestCase("a%2Fb")]
    public async Task U2_an_identifier_that_is_not_a_UUID_is_400(string id)
    {
        var (status, error) = await ErrorAsync(PathOf(id, "limit=x"));
        status.Should().Be(HttpStatusCode.BadRequest);
        error.GetProperty("code").GetString().Should().Be("INVALID_TUNNEL_ID");
        error.TryGetProperty("details", out _).Should().BeFalse();
    }

    [Test]
    public async Task U2_a_missing_identifier_is_400()
    {
        var (status, error) = await ErrorAsync(new Uri("/v1/tunnels//requests", UriKind.Relative));
        status.Should().Be(HttpStatusCode.BadRequest);
        error.GetProperty("code").GetString().Should().Be("INVALID_TUNNEL_ID");
    }

    [Test]
    public async Task U2_an_unknown_tunnel_and_a_foreign_one_get_the_same_404()
    {
        await _server.AppendAsync(Some.Exchange(project: "p2", container: Other));
        var foreign = await SendAsync(PathOf(Other, "limit=x"), Project);
        foreign.Status.Should().Be(HttpStatusCode.NotFound);
        foreign.Body.Should().Be("""{"code":"TUNNEL_NOT_FOUND","message":"The tunnel does not exist or is not yours"}""");
        foreign.Should().Be(await SendAsync(PathOf(Tunnel), Project));
        foreign.Should().Be(await SendAsync(PathOf(Other), Container));
    }

    [Test]
    public async Task U1_the_container_of_the_callers_scope_is_known_without_entries() =>
        (await SendAsync(PathOf(Tunnel), Container)).Should().Be((HttpStatusCode.OK, "[]"));

    [TestCase("limit=0", "limit", "Parameter 'limit' is '0'; it takes an integer from 1 to 500.")]
    [TestCase("limit=501", "limit", "Parameter 'limit' is '501'; it takes an integer from 1 to 500.")]
    [TestCase("limit=ten", "limit", "Parameter 'limit' is 'ten'; it takes an integer from 1 to 500.")]
    [TestCase("limit=1&limit=2", "limit", "Parameter 'limit' is given more than once; it takes a single value.")]
    [TestCase("after=yesterday", "after", "Parameter 'after' is 'yesterday'; it takes an ISO 8601 timestamp, such as 2026-01-31T12:00:00Z.")]
    [TestCase("after=1710498765123", "after", "Parameter 'after' is '1710498765123'; it takes an ISO 8601 timestamp, such as 2026-01-31T12:00:00Z.")]
    [TestCase("after=2024-02-30T00:00:00Z", "after", "Parameter 'after' is '2024-02-30T00:00:00Z'; it takes an ISO 8601 timestamp, such as 2026-01-31T12:00:00Z.")]
    [TestCase("after=2024-03-15T25:00:00Z", "after", "Parameter 'after' is '2024-03-15T25:00:00Z'; it takes an ISO 8601 timestamp, such as 2026-01-31T12:00:00Z.")]
    public async Task U5_invalid_parameters_are_400_and_named(string query, string parameter, string message)
    {
        await _server.AppendAsync(Some.Exchange(container: Tunnel));
        var (status, error) = await ErrorAsync(PathOf(Tunnel, query));
        status.Should().Be(HttpStatusCode.BadRequest);
        error.GetProperty("code").GetString().Should().Be("INVALID_INPUT");
        error.GetProperty("message").GetString().Should().Be(message);
        error.GetProperty("details").GetProperty("parameter").GetString().Should().Be(parameter);
    }

    [TestCase("2024-03-15T10:32:45.123001Z", 2)]
    [TestCase("2024-03-15T10:32:45.1230010Z", 2)]
    [TestCase("2024-03-15T10:32:45.1230019Z", 2)]
    [TestCase("2024-03-15T10:32:45.123Z", 3)]
    [TestCase("2024-03-15T10:32:45Z", 4)]
    [TestCase("2024-03-15T10:32Z", 4)]
    [TestCase("2024-03-15", 4)]
    [TestCase("2024-03-15T10:32:45.123001", 2)]
    [TestCase("2024-03-15T12:32:45.123001+02:00", 2)]
    [TestCase("2024-03-15T12:32:45.123001%2B02:00", 2)]
    [TestCase("2024-03-15T08:32:45.123001-02:00", 2)]
    [TestCase("2024-03-15T10:32:45.123003Z", 0)]
    [TestCase("9999-12-31T23:59:59.9999999Z", 0)]
    [TestCase("", 4)]
    public async Task U4_U5_after_is_exclusive_and_accepts_ISO_8601(string after, int count)
    {
        await _server.AppendAsync([.. Enumerable.Range(0, 4).Select(_ => Some.Exchange(container: Tunnel))]);
        (await ArrayAsync("after=" + after)).Should().HaveCount(count);
    }

    [Test]
    public async Task U4_without_after_the_newest_requests_are_returned_without_a_link()
    {
        await _server.AppendAsync([.. Enumerable.Range(0, 300).Select(i => Some.Exchange(container: Tunnel, url: $"/{i}"))]);
        using var response = await _server.Client.GetAsync(PathOf(Tunnel));
        response.Headers.Contains("Link").Should().BeFalse();
        var paths = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.EnumerateArray().Select(entry => entry.GetProperty("path").GetString());
        paths.Should().Equal(Enumerable.Range(100, 200).Reverse().Select(i => $"/{i}"));
    }

    [Test]
    public async Task U4_the_links_lead_through_all_pages_newest_first()
    {
        await _server.AppendAsync([.. Enumerable.Range(0, 23).Select(i => Some.Exchange(container: Tunnel, url: $"/{i}"))]);
        var pages = new List<List<string>>();
        var page = new Uri(_server.Address, PathOf(Tunnel, "limit=5&after=2024-03-15T00:00:00Z"));
        for (var next = page.Query; next.Length > 0;)
        {
            page = new Uri(page, next);
            using var response = await _server.Client.GetAsync(page);
            response.StatusCode.Should().Be(HttpStatusCode.OK);
            pages.Add([.. JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.EnumerateArray().Select(entry => entry.GetProperty("path").GetString()!)]);
            next = response.Headers.TryGetValues("Link", out var links) ? NextLink().Match(links.Single()).Groups[1].Value : "";
            if (next.Length > 0) next.Should().StartWith("?after=2024-03-15T10:32:45.123").And.EndWith("Z&limit=5");
        }

        pages.Select(page => page.Count).Should().Equal(5, 5, 5, 5, 3);
        pages.SelectMany(page => Enumerable.Reverse(page)).Should().Equal(Enumerable.Range(0, 23).Select(i => $"/{i}"));
    }

    [Test]
    public async Task U7_requests_older_than_24_hours_are_not_returned()
    {
        await _server.AppendAsync(Some.Exchange(container: Tunnel, url: "/old"));
        _time.Advance(TimeSpan.FromHours(24));
        await _server.AppendAsync(Some.Exchange(container: Tunnel, url: "/new"));
        (await ArrayAsync("")).Should().HaveCount(2);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        (await ArrayAsync("")).Select(entry => entry.GetProperty("path").GetString()).Should().Equal("/new");
        (await ArrayAsync("after=2024-01-01")).Should().HaveCount(1);
        _time.Advance(TimeSpan.FromHours(24));
        (await ArrayAsync("")).Should().BeEmpty("a tunnel stays known while its entries are kept");
    }

    [TestCase("p1", Project, true)]
    [TestCase("p1", LogsApiServer.AdminToken, true)]
    [TestCase("p1", Container, true)]
    [TestCase("p2", Project, false)]
    [TestCase("p2", Container, false)]
    [TestCase(null, LogsApiServer.AdminToken, false)]
    public async Task U1_the_directory_of_the_host_decides_the_owner_of_a_tunnel(string? owner, string token, bool isKnown)
    {
        await using var server = await LogsApiServer.StartAsync(
            Configure, build: builder => builder.Services.AddSingleton<ITunnelDirectory>(new Directory(owner is null ? null : LogScope.Project(owner))), time: _time);
        (await SendAsync(PathOf(Tunnel), token, server)).Status.Should().Be(isKnown ? HttpStatusCode.OK : HttpStatusCode.NotFound);
    }

    [Test]
    public async Task U1_the_prefix_moves_the_route_and_null_disables_it()
    {
        await using var moved = await LogsApiServer.StartAsync(options => options.Tunnels.Prefix = "/api/v2/");
        (await moved.Client.GetAsync(new Uri($"/api/v2/tunnels/{Tunnel}/requests", UriKind.Relative))).Content.Headers.ContentType!.ToString().Should().Be("application/json");
        await using var off = await LogsApiServer.StartAsync(options => options.Tunnels.Prefix = null);
        (await off.Client.GetAsync(PathOf(Tunnel))).Content.Headers.ContentLength.Should().Be(0, "nobody answers there");
    }

    [GeneratedRegex("^<([^>]+)>; rel=\"next\"$")]
    private static partial Regex NextLink();

    private static void Configure(ProxyLogsOptions options)
    {
        options.Access.Tokens.Add(new AccessToken { Token = Project, ProjectId = "p1" });
        options.Access.Tokens.Add(new AccessToken { Token = Container, ProjectId = "p1", ContainerId = Tunnel.ToUpperInvariant() });
    }

    private static Uri PathOf(string tunnel, string query = "") =>
        new(string.Create(CultureInfo.InvariantCulture, $"/v1/tunnels/{tunnel}/requests{(query.Length == 0 ? "" : "?" + query)}"), UriKind.Relative);

    private static LogRecord Failed(long atMs) => new()
    {
        Shape = RecordShape.Exchange,
        Level = EntryLevel.Error,
        ProjectId = "p1",
        ContainerId = Tunnel,
        Method = "POST",
        Url = "/api/orders",
        Status = 500,
        TimestampMs = atMs,
        DurationUs = 150_200,
    };

    private async Task<List<JsonElement>> ArrayAsync(string query) =>
        [.. JsonDocument.Parse(await _server.Client.GetStringAsync(PathOf(Tunnel, query))).RootElement.EnumerateArray()];

    private async Task<(HttpStatusCode Status, JsonElement Error)> ErrorAsync(Uri path)
    {
        using var response = await _server.Client.GetAsync(path);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(Uri path, string token, LogsApiServer? server = null)
    {
        using var client = (server ?? _server).Stranger();
        client.DefaultRequestHeaders.Add("Authorization", "Bearer " + token);
        using var response = await client.GetAsync(path);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private sealed class Directory(LogScope? owner) : ITunnelDirectory
    {
        public ValueTask<LogScope?> FindOwnerAsync(Guid tunnelId, CancellationToken cancellationToken) =>
            ValueTask.FromResult(tunnelId == Guid.Parse(Tunnel) ? owner : null);
    }
}
