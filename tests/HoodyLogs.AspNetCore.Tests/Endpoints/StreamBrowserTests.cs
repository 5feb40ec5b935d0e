using System.Collections.Concurrent;
using System.Security.Claims;
using FluentAssertions;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>
/// Tests of an EventSource in a real browser. It cannot send a token, and it resumes with the ids of the frames after a pause of
/// some seconds.
/// </summary>
public sealed class StreamBrowserTests
{
    private const string Page = """
        <!doctype html><title>Live tail</title><script>
        const seen = { opens: 0, ids: [], events: [] };
        const source = new EventSource("/api/proxy-logs/_logs/stream" + location.search);
        source.onopen = () => seen.opens++;
        source.onmessage = e => seen.ids.push(JSON.parse(e.data).id === Number(e.lastEventId) ? Number(e.lastEventId) : -1);
        for (const name of ["reset", "gap", "scope-destroyed"]) {
            source.addEventListener(name, e => {
                seen.events.push({ name, id: Number(e.lastEventId), data: e.data });
                if (name === "scope-destroyed") source.close();
            });
        }
        </script>
        """;

    private readonly ConcurrentQueue<IHttpRequestLifetimeFeature> _streams = new();
    private TestFolder _folder = null!;
    private Browser _browser = null!;
    private StreamServer _server = null!;

    [SetUp]
    public async Task StartBrowser()
    {
        _browser = await Browser.StartAsync();
        _folder = new TestFolder();
    }

    [TearDown]
    public async Task EndAll()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
        _folder?.Dispose();
    }

    [Test]
    public async Task T4_in_Development_an_EventSource_resumes_without_loss_or_repetition()
    {
        _server = await StartAsync("Development");
        await WriteAsync(1);
        var start = await OpenPageAsync("/page");
        await WriteAsync(100);
        await SeesAsync(seen => seen.Ids.Count == 400);

        // The connection breaks twice while entries arrive.
        for (var i = 2; i <= 3; i++)
        {
            var writing = WriteAsync(500);
            while (_streams.TryDequeue(out var stream)) stream.Abort();
            await writing;
            await WriteAsync(100);
            await SeesAsync(seen => seen.Opens == i);
        }

        await _server.WriteAsync(Some.Exchange(url: "/last"));
        var stored = await StoredAsync(start);
        stored.Should().HaveCount(5202);
        var seen = await SeesAsync(seen => seen.Ids.Count >= stored.Count);
        seen.Ids.Should().Equal(stored);
        seen.Events.Should().BeEmpty();
    }

    [Test]
    public async Task A1_an_EventSource_of_an_authenticated_user_gets_only_its_project_and_resumes_after_a_restart()
    {
        _server = await StartAsync("Production");
        await WriteAsync(1);
        await _browser.Page.GotoAsync(new Uri(_server.Address, "/sign-in").ToString());
        var start = await OpenPageAsync("/page");
        await WriteAsync(100);
        var known = (await SeesAsync(seen => seen.Ids.Count == 200)).Ids[^1];

        await RestartAsync("Production");
        await WriteAsync(100);

        var stored = await StoredAsync(start, "p1");
        stored.Should().HaveCount(400);
        var seen = await SeesAsync(seen => seen.Ids.Count >= stored.Count);
        seen.Ids.Should().Equal(stored);
        seen.Events.Should().ContainSingle();
        seen.Events[0].Name.Should().Be("reset");
        (seen.Events[0].Id == known || seen.Events[0].Id > known + 10_000).Should().BeTrue("it comes back before or after the first entry of the new process");
    }

    [Test]
    public async Task T5_T6_T7_an_EventSource_gets_reset_gap_and_scope_destroyed_as_named_events()
    {
        _server = await StartAsync("Development");
        await WriteAsync(1);
        await OpenPageAsync("/page?containerId=c1");
        await WriteAsync(10);
        var known = (await SeesAsync(seen => seen.Ids.Count == 20)).Ids[^1];

        // While the page is disconnected, retention removes entries that it has not received.
        var port = _server.Address.Port;
        await RestartAsync("Development", port: 0, options => options.Retention.MaxEntries = 50);
        await WriteAsync(200);
        await Eventually.Holds(() => _server.Store.FirstVisibleId > _server.Ring.Position - 100, "retention has done its work");
        var first = _server.Store.FirstVisibleId;
        await RestartAsync("Development", port);

        var stored = await StoredAsync(known, "p1");
        var seen = await SeesAsync(seen => seen.Ids.Count >= 20 + stored.Count);
        seen.Ids.Skip(20).Should().Equal(stored);
        await _server.Services.GetRequiredService<IScopeDeleter>().DeleteAsync(LogScope.Container("p1", "c1"), CancellationToken.None);
        seen = await SeesAsync(seen => seen.Events.Count == 3);
        seen.Events.Should().Equal(
            new NamedEvent("reset", known, $$"""{"ringSeq":{{_server.Ring.Position}}}"""),
            new NamedEvent("gap", first - 1, $$"""{"from":{{known + 1}},"to":{{first - 1}},"count":null,"reason":"retention"}"""),
            new NamedEvent("scope-destroyed", _server.Ring.Position, """{"projectId":"p1","containerId":"c1"}"""));
    }

    private async Task<StreamServer> StartAsync(string environment, int port = 0, Action<ProxyLogsOptions>? configure = null) =>
        await StreamServer.StartAsync(
            _folder.Database,
            options =>
            {
                options.Access.Tokens = [];
                options.Queue.WhenFull = QueueFullMode.Wait;
                configure?.Invoke(options);
            },
            environment: environment,
            port: port,
            build: builder =>
            {
                builder.Services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(_folder.Path, "keys")));
                builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
            },
            map: Map);

    private void Map(WebApplication app)
    {
        app.Use((context, next) =>
        {
            if (context.Request.Path.Value!.EndsWith("/stream", StringComparison.Ordinal)) _streams.Enqueue(context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>());
            return next(context);
        });
        app.UseAuthentication();
        app.MapGet("/page", () => Results.Content(Page, "text/html"));
        app.MapGet("/sign-in", () => Results.SignIn(
            new ClaimsPrincipal(new ClaimsIdentity([new Claim("project_id", "p1")], CookieAuthenticationDefaults.AuthenticationScheme))));
    }

    private async Task RestartAsync(string environment, int? port = null, Action<ProxyLogsOptions>? configure = null)
    {
        await _server.StopAsync();
        await _server.DisposeAsync();
        _server = await StartAsync(environment, port ?? _server.Address.Port, configure);
    }

    /// <returns>The position after which the page receives all entries.</returns>
    private async Task<long> OpenPageAsync(string path)
    {
        var start = _server.Ring.Position;
        await _browser.Page.GotoAsync(new Uri(_server.Address, path).ToString());
        await SeesAsync(seen => seen.Opens == 1);
        return start;
    }

    private async Task WriteAsync(int exchanges)
    {
        for (var i = 0; i < exchanges; i++)
        {
            await _server.Sink.WriteAsync(Some.Exchange(url: $"/{i}"), CancellationToken.None);
            await _server.Sink.WriteAsync(Some.Exchange(project: "p2", container: "c2"), CancellationToken.None);
        }

        await _server.Sink.FlushAsync(CancellationToken.None);
    }

    private async Task<List<long>> StoredAsync(long after, string? project = null) =>
        [.. (await _server.StoredAsync(after)).Where(entry => project is null || entry.ProjectId == project).Select(entry => entry.Id)];

    private async Task<Seen> SeesAsync(Func<Seen, bool> enough)
    {
        Seen seen = null!;
        await Eventually.Holds(async () => enough(seen = await _browser.EvaluateAsync<Seen>("seen")), "the page sees it");
        return seen;
    }

    private sealed record NamedEvent(string Name, long Id, string Data);

    private sealed record Seen(int Opens, List<long> Ids, List<NamedEvent> Events);
}
