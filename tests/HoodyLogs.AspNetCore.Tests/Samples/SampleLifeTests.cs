using System.Net;
using FluentAssertions;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Samples;

/// <summary>Start and shutdown of the samples.</summary>
[Platform(Exclude = "Win", Reason = "Ends processes by SIGTERM.")]
public sealed class SampleLifeTests
{
    private const string AdminToken = "an-admin-token-for-the-test";

    private TestFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TestFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task In_Production_without_tokens_the_sample_creates_a_token_and_prints_it()
    {
        await using var proxy = await SampleProcess.StartProxyAsync(_folder.Path, null, "--Demo:Traffic=false");
        using var refused = await proxy.SendAsync(HttpMethod.Get, "/api/proxy-logs/_logs");

        refused.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        proxy.PrintedToken.Should().NotBeNull().And.HaveLength(48);
        proxy.Use(proxy.PrintedToken!);
        (await proxy.GetJsonAsync("/api/proxy-logs/_logs")).GetProperty("total").GetInt64().Should().Be(0);
    }

    [Test]
    public async Task A3_a_configured_token_is_never_printed_and_a_scoped_token_reads_only_its_scope()
    {
        const string Scoped = "the-token-of-the-project-acme";
        await using var proxy = await SampleProcess.StartProxyAsync(
            _folder.Path, "Production", "--ProxyLogs:Access:Tokens:0:Token=" + AdminToken, "--ProxyLogs:Access:Tokens:0:Admin=true",
            "--ProxyLogs:Access:Tokens:1:Token=" + Scoped, "--ProxyLogs:Access:Tokens:1:ProjectId=acme", "--Demo:Traffic=false");
        proxy.Use(Scoped);
        using var own = await proxy.SendAsync(HttpMethod.Get, "/v1/users?token=planted", "acme-c1-api-1.localhost");
        using var foreign = await proxy.SendAsync(HttpMethod.Get, "/v1/users", "globex-c1-api-1.localhost");

        var entries = await proxy.EntriesAsync("limit=1000", 2);

        entries.Should().HaveCount(2).And.OnlyContain(entry => entry.GetProperty("projectId").GetString() == "acme");
        using var refused = await proxy.SendAsync(HttpMethod.Get, "/api/proxy-logs/_logs?projectId=globex");
        refused.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        using var destroy = await proxy.SendAsync(HttpMethod.Post, "/demo/delete-scope/acme/c1");
        destroy.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        proxy.PrintedToken.Should().Be("$TOKEN");
        proxy.Process.Output.Should().NotContain(AdminToken).And.NotContain(Scoped).And.NotContain("planted");
    }

    [Test]
    public async Task The_demo_traffic_uses_several_scopes_and_a_tunnel()
    {
        await using var proxy = await SampleProcess.StartProxyAsync(_folder.Path, "Development");

        await proxy.EntriesAsync("projectId=acme,globex&level=error", 2);
        await proxy.EntriesAsync("containerId=550e8400-e29b-41d4-a716-446655440000", 2);

        (await proxy.GetJsonAsync("/v1/tunnels/550e8400-e29b-41d4-a716-446655440000/requests")).GetArrayLength().Should().BePositive();
    }

    [Test]
    public async Task SIGTERM_commits_all_entries_and_ends_open_requests()
    {
        const int Count = 200;
        string[] args = ["--ProxyLogs:Access:Tokens:0:Token=" + AdminToken, "--ProxyLogs:Access:Tokens:0:Admin=true", "--Demo:Traffic=false"];
        await using (var proxy = await SampleProcess.StartProxyAsync(_folder.Path, null, args))
        {
            proxy.Use(AdminToken);
            var hung = proxy.SendAsync(HttpMethod.Get, "/slow/600000");
            await using var sse = await proxy.Client.GetStreamAsync(new Uri("/sse", UriKind.Relative));
            await using var tail = await proxy.Client.GetStreamAsync(new Uri("/api/proxy-logs/_logs/stream", UriKind.Relative));
            for (var number = 0; number < Count; number++) (await proxy.SendAsync(HttpMethod.Get, $"/v1/orders/{number}")).Dispose();

            // Without SIGTERM, the hung request would take minutes and the streams would never end.
            proxy.Process.Terminate();
            await proxy.Process.EndAsync();
            proxy.Process.ExitCode.Should().Be(0, proxy.Process.Output);
            await hung.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        await using var again = await SampleProcess.StartProxyAsync(_folder.Path, null, args);
        again.Use(AdminToken);
        var total = (await again.GetJsonAsync("/api/proxy-logs/_logs?limit=1&kind=response")).GetProperty("total").GetInt64();
        total.Should().Be(Count + 2, "the hung request and the stream of the upstream were recorded when they were cut off");
    }

    [Test]
    public async Task E5_a_request_that_shutdown_aborts_is_recorded_as_aborted_by_the_server()
    {
        string[] args = ["--ProxyLogs:Access:Tokens:0:Token=" + AdminToken, "--ProxyLogs:Access:Tokens:0:Admin=true", "--Demo:Traffic=false"];
        await using (var proxy = await SampleProcess.StartProxyAsync(_folder.Path, null, [.. args, "--ProxyLogs:Capture:RequestEntry=AtArrival"]))
        {
            proxy.Use(AdminToken);
            var hung = proxy.SendAsync(HttpMethod.Get, "/slow/60000");
            await using var sse = await proxy.Client.GetStreamAsync(new Uri("/sse", UriKind.Relative));
            await proxy.EntriesAsync("kind=request", 2);

            proxy.Process.Terminate();
            await proxy.Process.EndAsync();
            await hung.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        await using var again = await SampleProcess.StartProxyAsync(_folder.Path, null, args);
        again.Use(AdminToken);
        var cut = await again.EntriesAsync("kind=response", 2);
        cut.Select(entry => (
                entry.GetProperty("url").GetString(), entry.GetProperty("level").GetString(), entry.GetProperty("status").GetInt32(),
                entry.GetProperty("data").TryGetProperty("aborted", out var by) ? by.GetString() : null))
            .Should().BeEquivalentTo([("/slow/60000", "error", 500, "server"), ("/sse", "error", 200, "server")]);
    }

    [Test]
    public async Task The_error_for_a_port_in_use_names_the_port()
    {
        await using var first = await SampleProcess.StartProxyAsync(_folder.Path, null, "--Demo:Traffic=false");
        using var other = new TestFolder();

        await using var second = SampleProcess.Start("ReverseProxy", other.Path, null, "--urls", first.Client.BaseAddress!.ToString());
        await second.EndAsync();

        second.ExitCode.Should().Be(1);
        second.Output.Should().Contain($"127.0.0.1:{first.Client.BaseAddress.Port}").And.Contain("address already in use").And.Contain("--urls");
    }

    [Test]
    public async Task Invalid_options_fail_the_start_with_one_message()
    {
        await using var process = SampleProcess.Start(
            "ReverseProxy", _folder.Path, null, "--urls", "http://127.0.0.1:0", "--ProxyLogs:MaxLimit=0", "--ProxyLogs:Captur:Enabled=true");
        await process.EndAsync();

        process.ExitCode.Should().Be(1);
        process.Output.Should().Contain("ProxyLogs:MaxLimit is \"0\"").And.Contain("did you mean Capture?").And.NotContain("   at ");
    }

    [Test]
    public async Task The_worker_lists_the_events_that_it_wrote()
    {
        await using var worker = SampleProcess.Start("Worker", _folder.Path);
        await worker.EndAsync();

        worker.ExitCode.Should().Be(0, worker.Output);
        worker.Output.Split('\n').Should().HaveCount(3).And.Contain(line => line.Contains("one order has no address", StringComparison.Ordinal));
    }
}
