using System.Globalization;
using System.Net;
using FluentAssertions;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>
/// Tests with random entries, scopes, tokens and parameters that no byte of another scope is returned. Two hosts differ only in the entries of
/// other tenants, and a scoped caller must get the same bytes from both. Each text of a record contains a mark of its owner.
/// </summary>
public sealed class TenancyTests
{
    private const int Requests = 4_000;
    private static readonly string[] Projects = ["p1", "p2", "p3"];
    private static readonly string[] Containers = ["550e8400-e29b-41d4-a716-446655440000", "650e8400-e29b-41d4-a716-446655440000", "c1", "c2"];
    private static readonly LogScope[] Scopes =
        [.. Projects.Select(LogScope.Project), .. Projects.SelectMany(project => Containers.Select(container => LogScope.Container(project, container)))];

    [Test]
    public async Task A2_no_route_returns_a_byte_of_another_scope()
    {
        await using var server = await LogsApiServer.StartAsync(Configure);
        await FillAsync(server, new Random(11), 3_000);
        var fanout = await AdminCursorAsync(server);
        var random = new Random(12);
        for (var i = 0; i < Requests; i++)
        {
            var scope = Scopes[random.Next(Scopes.Length)];
            var path = Path(random, fanout);
            using var client = server.Stranger();
            if (random.Next(2) == 0) client.DefaultRequestHeaders.Add("X-Logs-Token", TokenOf(scope));
            else client.DefaultRequestHeaders.Add("Authorization", "Bearer " + TokenOf(scope));
            using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
            var body = await response.Content.ReadAsStringAsync();
            ((int)response.StatusCode).Should().BeOneOf([200, 400, 403, 404], $"{scope} asked for {path}");
            foreach (var foreign in ForeignMarks(scope)) body.Should().NotContain(foreign, $"{scope} asked for {path}");
        }
    }

    [Test]
    public async Task A2_entries_of_other_tenants_do_not_change_the_answers_to_a_caller()
    {
        var caller = LogScope.Container("p1", "c1");
        await using var crowded = await LogsApiServer.StartAsync(Configure);
        await using var alone = await LogsApiServer.StartAsync(Configure);
        var random = new Random(13);
        var records = new List<Func<LogRecord>>();
        for (var i = 0; i < 400; i++)
        {
            var (project, container, seed) = (Projects[random.Next(3)], Containers[random.Next(4)], random.Next());
            records.Add(() => Marked(new Random(seed), project, container));
        }

        foreach (var record in records)
        {
            await crowded.AppendAsync(record());

            // Ids must be equal on both hosts, so the second host stores entries without a scope instead.
            var mine = record();
            await alone.AppendAsync(caller.Includes(mine.Key) ? mine : Nobodys(mine));
        }

        for (var i = 0; i < 500; i++)
        {
            var path = Path(random, "");
            var answers = new List<(HttpStatusCode, string)>();
            foreach (var server in new[] { crowded, alone })
            {
                using var client = server.Stranger();
                client.DefaultRequestHeaders.Add("X-Logs-Token", TokenOf(caller));
                using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
                answers.Add((response.StatusCode, Timeless(await response.Content.ReadAsStringAsync())));
            }

            answers[0].Should().Be(answers[1], path);
        }
    }

    [Test]
    public async Task F5_a_cursor_of_an_admin_is_useless_to_another_caller()
    {
        await using var server = await LogsApiServer.StartAsync(Configure);
        await FillAsync(server, new Random(14), 100);
        var cursor = await AdminCursorAsync(server);
        foreach (var scope in Scopes)
        {
            using var client = server.Stranger();
            client.DefaultRequestHeaders.Add("X-Logs-Token", TokenOf(scope));
            using var response = await client.GetAsync(new Uri($"/api/proxy-logs/_logs?cursor={cursor}", UriKind.Relative));
            response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
            (await response.Content.ReadAsStringAsync()).Should().NotContain("mark-");
        }
    }

    private static void Configure(ProxyLogsOptions options)
    {
        options.AdminFanout = true;
        foreach (var scope in Scopes)
        {
            options.Access.Tokens.Add(new AccessToken { Token = TokenOf(scope), ProjectId = scope.ProjectId, ContainerId = scope.ContainerId });
        }
    }

    private static string TokenOf(LogScope scope) => $"token-for-the-tests:{scope}";

    private static string Mark(string? project, string? container) => $"mark-{project}-{container}-";

    private static IEnumerable<string> ForeignMarks(LogScope scope) =>
        from project in Projects
        from container in Containers
        where project != scope.ProjectId || (scope.ContainerId is not null && scope.ContainerId != container)
        select Mark(project, container);

    private static async Task FillAsync(LogsApiServer server, Random random, int count)
    {
        for (var i = 0; i < count; i += 50)
        {
            await server.AppendAsync([.. Enumerable.Range(0, 50).Select(_ => Marked(random, Projects[random.Next(3)], Containers[random.Next(4)]))]);
        }
    }

    private static LogRecord Marked(Random random, string project, string container)
    {
        var mark = Mark(project, container);
        return new LogRecord
        {
            Shape = (RecordShape)random.Next(4),
            Level = (EntryLevel)random.Next(4),
            Source = (EntrySource)random.Next(2),
            ProjectId = project,
            ContainerId = container,
            ServiceName = mark + random.Next(3).ToString(CultureInfo.InvariantCulture),
            Method = random.Next(2) == 0 ? "GET" : "POST",
            Url = $"/{mark}/users?{random.Next(100)}",
            Status = random.Next(100, 600),
            TraceId = mark + random.Next(10).ToString(CultureInfo.InvariantCulture),
            UserAgent = mark,
            ClientIp = mark,
            TimestampMs = Some.ArrivalMs + random.Next(100_000),
            DurationUs = random.Next(1_000_000),
            RequestBodyState = BodyState.Full,
            ResponseBodyState = BodyState.Full,
        }.WithBodies(Some.Text(mark + "asked"), Some.Text(mark + "answered"));
    }

    private static LogRecord Nobodys(LogRecord record) => new() { Shape = record.Shape, TimestampMs = record.TimestampMs };

    /// <summary>The two hosts ingest entries at different times.</summary>
    private static string Timeless(string body) => System.Text.RegularExpressions.Regex.Replace(body, "\"ingestedAt\":\"[^\"]*\"", "");

    private static async Task<string> AdminCursorAsync(LogsApiServer server)
    {
        var text = await server.Client.GetStringAsync(new Uri("/api/proxy-logs/_logs?limit=10", UriKind.Relative));
        return System.Text.RegularExpressions.Regex.Match(text, "\"cursor\":\"([^\"]+)\"").Groups[1].Value;
    }

    private static string Path(Random random, string cursor) => random.Next(10) switch
    {
        0 => $"/api/proxy-logs/_logs/{random.Next(1, 6_000)}",
        1 => "/api/proxy-logs/_logs/stats?" + Query(random, cursor, forStats: true),
        2 or 3 => $"/v1/tunnels/{Containers[random.Next(2)]}/requests?limit={random.Next(1, 501)}{(random.Next(2) == 0 ? "&after=2000-01-01" : "")}",
        _ => "/api/proxy-logs/_logs?" + Query(random, cursor, forStats: false),
    };

    private static string Query(Random random, string cursor, bool forStats)
    {
        string[] choices =
        [
            $"projectId={Projects[random.Next(3)]}", $"containerId={Containers[random.Next(4)]}", $"containerId={Containers[random.Next(4)]},nowhere",
            $"level={(EntryLevel)random.Next(4)}", $"kind={(EntryKind)random.Next(3)}", $"serviceName={Mark(Projects[random.Next(3)], Containers[random.Next(4)])}1",
            "method=get", "source=edge",
            .. forStats ? Array.Empty<string>() :
            [
                $"limit={random.Next(1, 1_001)}", $"offset={random.Next(2_000)}", $"last={random.Next(1, 1_001)}", $"afterId={random.Next(6_000)}",
                $"beforeId={random.Next(6_000)}", "order=desc", "includeRequestBody=true", "includeResponseBody=true",
                $"traceId={Mark(Projects[random.Next(3)], Containers[random.Next(4)])}3", "q=users", "q=mark", "status=4xx", $"from={Some.ArrivalMs}",
                $"cursor={cursor}",
            ],
        ];
        return string.Join('&', Enumerable.Range(0, random.Next(4)).Select(_ => choices[random.Next(choices.Length)]).Distinct());
    }
}
