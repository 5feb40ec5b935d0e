using System.Text.Json;
using FluentAssertions;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>Admins see the text of an exception that the host logged, its project and container see its type, and others see nothing. All routes are tested.</summary>
public sealed class ExceptionTenancyTests
{
    private const string Container = "550e8400-e29b-41d4-a716-446655440000";
    private const string Hidden = "db-17";
    private const string Message = "Order failed";
    private const string Type = "System.InvalidOperationException";

    private static readonly LogScope Owner = LogScope.Container("p1", Container);
    private static readonly LogScope[] Scoped = [LogScope.Project("p1"), Owner];
    private static readonly LogScope[] Foreign = [LogScope.Project("p2"), LogScope.Container("p1", "c2"), LogScope.Container("p2", Container)];

    private TestFolder _folder = null!;
    private StreamServer _server = null!;
    private HttpClient _client = null!;

    [SetUp]
    public async Task Start()
    {
        _folder = new TestFolder();
        _server = await StreamServer.StartAsync(
            _folder.Database,
            options =>
            {
                options.Tail.RingEntries = 16;
                options.Capture.Scope = _ => new ExchangeScope("p1", Container, "orders");
                foreach (var scope in Scoped.Concat(Foreign))
                {
                    options.Access.Tokens.Add(new AccessToken { Token = TokenOf(scope), ProjectId = scope.ProjectId, ContainerId = scope.ContainerId });
                }
            },
            build: builder => builder.Logging.AddProxyLogs(),
            map: app =>
            {
                app.UseProxyLogs();
                app.MapGet("/fail", (ILoggerFactory logs) =>
                    logs.CreateLogger("Host.Part").LogError(new InvalidOperationException($"no answer of {Hidden}"), "Order failed: {Reason}", $"no answer of {Hidden}"));
                app.MapGet("/plain", () => "answer");
            });
        _client = new HttpClient { BaseAddress = _server.Address };
    }

    [TearDown]
    public async Task Stop()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public async Task A2_lists_entries_and_tunnels_show_the_text_of_exceptions_to_admins_only()
    {
        var id = await FailAsync();
        string[] paths =
        [
            "?limit=1000", "?kind=event", "?last=1&kind=event", "?order=desc", "?level=error&includeRequestBody=true", "?from=2000-01-01", $"?projectId=p1&containerId={Container}",
            "?beforeId=99999999999999999", $"/{id}",
        ];
        foreach (var path in paths)
        {
            (await GetAsync(path, StreamServer.AdminToken)).Should().Contain(Hidden, path);
            foreach (var scope in Scoped) ShouldShowTypeOnly(await GetAsync(path, TokenOf(scope)), $"{scope} {path}");
        }

        foreach (var scope in Foreign)
        {
            foreach (var path in new[] { "?limit=1000", $"/{id}" }) (await GetAsync(path, TokenOf(scope))).Should().NotContain(Message).And.NotContain(Hidden);
        }

        (await ReadAsync($"/v1/tunnels/{Container}/requests", TokenOf(Owner))).Should().NotContain(Hidden);
    }

    [Test]
    public async Task A2_filters_do_not_match_text_that_the_caller_may_not_see()
    {
        await FailAsync();
        foreach (var scope in Scoped) (await GetAsync($"?q={Hidden}", TokenOf(scope))).Should().Contain("\"total\":0");
    }

    [Test]
    public async Task A2_tails_from_the_ring_and_live_show_the_text_of_exceptions_to_admins_only()
    {
        var past = await FailAsync();
        var tails = new List<(LogScope Scope, StreamClient Tail)>();

        // Admins and tenants read the same frames of the ring, in either order.
        foreach (var scope in new[] { LogScope.All, Scoped[0], LogScope.All, Scoped[1], LogScope.All })
        {
            tails.Add((scope, await _server.TailAsync(scope.IsAll ? "" : "?level=error,info", lastEventId: 0, token: TokenOf(scope))));
        }

        await PassAsync("/plain");
        var live = await FailAsync();
        var expected = (await _server.StoredAsync()).Select(entry => entry.Id).ToList();
        foreach (var (scope, tail) in tails)
        {
            var frames = await tail.TakeAsync(expected.Count);
            frames.Select(frame => frame.Id).Should().Equal(expected, $"{scope} gets each entry once");
            foreach (var frame in frames.Where(frame => frame.Id == past || frame.Id == live)) ShouldSuit(scope, frame.Data);
            frames.Should().OnlyContain(frame => scope.IsAll || !frame.Data.Contains(Hidden));
            await tail.DisposeAsync();
        }
    }

    [TestCase("?tail=500", null)]
    [TestCase("", 1L)]
    [TestCase("?kind=event", 1L)]
    public async Task A2_tails_from_the_store_show_the_text_of_exceptions_to_admins_only(string query, long? after)
    {
        var id = await FailAsync();
        for (var i = 0; i < 40; i++) await PassAsync("/plain");
        foreach (var scope in Scoped.Prepend(LogScope.All))
        {
            await using var tail = await _server.TailAsync(query, lastEventId: after, token: TokenOf(scope));
            var frame = await tail.NextAsync();
            while (frame!.Event == "reset" || frame.Id < id) frame = await tail.NextAsync();
            frame.Id.Should().Be(id);
            ShouldSuit(scope, frame.Data);
        }
    }

    [Test]
    public async Task A2_the_store_and_the_tail_in_code_show_the_text_of_exceptions_to_the_scope_of_admins_only()
    {
        var before = _server.Store.LastId;
        var id = await FailAsync();
        foreach (var scope in Scoped.Prepend(LogScope.All))
        {
            var listed = await _server.Store.ListAsync(scope, new LogQuery { Filter = new LogFilter { Kinds = [EntryKind.Event] } });
            ShouldSuit(scope, JsonSerializer.Serialize(listed.Single().Data, Relaxed));
            string? found = null;
            await _server.Store.FindAsync(scope, id, (in LogEntryView entry) => found = LogEntry.From(entry).Data.GetRawText(), CancellationToken.None);
            ShouldSuit(scope, found!);
            var tail = _server.Services.GetRequiredService<ILogTail>().ReadAsync(scope, LogFilter.All, afterId: before);
            await foreach (var entry in tail)
            {
                if (entry.Id != id) continue;
                ShouldSuit(scope, entry.Data.GetRawText());
                break;
            }
        }
    }

    [Test]
    public async Task F3_a_fanned_out_read_shows_admins_the_text_of_exceptions()
    {
        await FailAsync();
        await using var fanned = await LogsApiServer.StartAsync(options => options.AdminFanout = true);
        await fanned.AppendAsync(new LogRecord
        {
            Shape = RecordShape.Event,
            TimestampMs = Some.ArrivalMs,
            ProjectId = "p1",
            RequestData = "\"message\":\"for all\""u8.ToArray(),
            ResponseData = "\"message\":\"for admins\""u8.ToArray(),
        });
        (await fanned.Client.GetStringAsync(new Uri("/api/proxy-logs/_logs", UriKind.Relative))).Should().Contain("for admins").And.NotContain("for all");
    }

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string TokenOf(LogScope scope) => scope.IsAll ? StreamServer.AdminToken : $"token-for-the-tests:{scope}";

    private static void ShouldSuit(LogScope scope, string shown)
    {
        if (scope.IsAll) shown.Should().Contain(Hidden).And.Contain(Type);
        else ShouldShowTypeOnly(shown, $"{scope}");
    }

    private static void ShouldShowTypeOnly(string shown, string who) => shown.Should().Contain(Message, who).And.Contain(Type, who).And.NotContain(Hidden, who);

    /// <summary>Makes the host log an exception. Returns the id of the event.</summary>
    private async Task<long> FailAsync()
    {
        var before = _server.Store.LastId;
        await PassAsync("/fail");
        return (await EventsAsync(before)).Single().Id;
    }

    /// <summary>Sends a request and waits for its entries, which are recorded after the client has received the response.</summary>
    private async Task PassAsync(string path)
    {
        var before = _server.Store.LastId;
        (await _client.GetAsync(path)).Dispose();
        await Eventually.Holds(
            async () => (await _server.StoredAsync(before)).Any(entry => entry.Kind == EntryKind.Response && entry.Url == path), $"{path} is stored");
    }

    private async Task<List<LogEntry>> EventsAsync(long after)
    {
        await _server.Sink.FlushAsync(CancellationToken.None);
        return [.. (await _server.StoredAsync(after)).Where(entry => entry.Kind == EntryKind.Event)];
    }

    private Task<string> GetAsync(string path, string token) => ReadAsync("/api/proxy-logs/_logs" + path, token);

    private async Task<string> ReadAsync(string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Logs-Token", token);
        using var response = await _client.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }
}
