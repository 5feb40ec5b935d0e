using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FluentAssertions;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using static HoodyLogs.AspNetCore.Tests.Hosting.Recipes.RecipeHost;

namespace HoodyLogs.AspNetCore.Tests.Hosting.Recipes;

/// <summary>Runs the recipes of docs/hosting.md.</summary>
public sealed class RecipeTests
{
    [Test]
    public async Task Order_captures_failures_and_short_circuits_with_the_address_of_the_client()
    {
        await using var host = await RecipeHost.StartAsync(
            HostRecipes.Order,
            app =>
            {
                app.MapShortCircuit(404, "robots.txt");
                app.MapGet("/fail", string () => throw new InvalidOperationException());
            });
        using var robots = await host.SendAsync("/robots.txt", ("X-Forwarded-For", "203.0.113.9"));
        using var failed = await host.SendAsync("/fail");
        robots.StatusCode.Should().Be(HttpStatusCode.NotFound);
        failed.StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        var entries = await host.EntriesAsync("?kind=response&last=10");
        entries.Select(entry => (entry.GetProperty("url").GetString(), entry.GetProperty("status").GetInt32())).Should().Equal(("/robots.txt", 404), ("/fail", 500));
        entries[0].GetProperty("clientIp").GetString().Should().Be("203.0.113.9");
    }

    [Test]
    public async Task Output_cache_captures_cached_answers_and_never_caches_logs()
    {
        await using var host = await RecipeHost.StartAsync(HostRecipes.OutputCache);
        using var first = await host.SendAsync("/hello");
        using var second = await host.SendAsync("/hello");
        second.Headers.Age.Should().NotBeNull("it comes from the cache");
        (await host.EntriesAsync("?kind=response&last=10")).Should().HaveCount(2);
        using var stranger = await host.SendAsync(List + "?kind=response&last=10");
        stranger.StatusCode.Should().Be(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task Timeouts_leave_live_tails_open()
    {
        await using var host = await RecipeHost.StartAsync(HostRecipes.Timeouts);
        using var tail = await host.TailAsync();
        using var hello = await host.SendAsync("/hello");
        string? line;
        do line = await tail.ReadLineAsync();
        while (line is not null && !line.StartsWith("data: {", StringComparison.Ordinal));
        line.Should().Contain("/hello");
    }

    [Test]
    public async Task Authorization_accepts_only_log_tokens()
    {
        await using var host = await RecipeHost.StartAsync(HostRecipes.Authorization);
        using var hello = await host.SendAsync("/hello");
        hello.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        (await host.EntriesAsync("?kind=response&last=10")).Should().ContainSingle("the refusal is captured").Which.GetProperty("status").GetInt32().Should().Be(401);
        using var stranger = await host.SendAsync(List);
        stranger.StatusCode.Should().Be(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task Required_authorization_checks_the_user_of_the_host_first()
    {
        await using var host = await RecipeHost.StartAsync(HostRecipes.RequiredAuthorization);
        using var withToken = await host.SendAsync(List, ("X-Logs-Token", Token));
        withToken.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Test]
    public async Task Cors_allows_only_the_origin_of_the_console()
    {
        await using var host = await RecipeHost.StartAsync(HostRecipes.Cors);
        using var allowed = await PreflightAsync(host, "https://console.example.com");
        using var refused = await PreflightAsync(host, "https://evil.example.com");
        allowed.Headers.GetValues("Access-Control-Allow-Origin").Should().Equal("https://console.example.com");
        refused.Headers.Contains("Access-Control-Allow-Origin").Should().BeFalse();
    }

    [Test]
    public async Task Compression_stores_the_body_as_text()
    {
        await using var host = await RecipeHost.StartAsync(HostRecipes.Compression);
        using var hello = await host.SendAsync("/hello", ("Accept-Encoding", "br"));
        hello.Content.Headers.ContentEncoding.Should().Equal("br");
        (await hello.Content.ReadAsByteArrayAsync()).Should().NotBeEmpty();
        var entry = (await host.EntriesAsync("?kind=response&last=1&includeResponseBody=true")).Should().ContainSingle().Subject;
        entry.GetProperty("responseBody").GetString().Should().Be("""{"greeting":"Hello"}""");
    }

    [Test]
    public async Task Serilog_passes_events_on()
    {
        await using var host = await RecipeHost.StartAsync(HostRecipes.SerilogProvider);
        using var hello = await host.SendAsync("/hello");
        var entry = (await host.EntriesAsync("?kind=event&last=10")).Should().ContainSingle().Subject;
        entry.GetProperty("data").GetProperty("message").GetString().Should().Be("Somebody said hello");
    }

    [Test]
    public async Task OpenApi_describes_the_routes()
    {
        await using var host = await RecipeHost.StartAsync(HostRecipes.OpenApi);
        using var response = await host.SendAsync("/openapi/v1.json");
        var document = await response.Content.ReadFromJsonAsync<JsonElement>();
        document.GetProperty("paths").TryGetProperty(List, out _).Should().BeTrue();
    }

    [Test]
    public async Task Parallel_factories_have_separate_logs()
    {
        await using var one = new ProxyFactory().WithWebHostBuilder(WithoutDemo);
        await using var two = new ProxyFactory().WithWebHostBuilder(WithoutDemo);
        using var first = one.CreateClient();
        using var second = two.CreateClient();
        using var answer = await first.GetAsync(new Uri("/no-such-route", UriKind.Relative));
        await one.Services.GetRequiredService<ILogSink>().FlushAsync(CancellationToken.None);
        (await TotalAsync(first)).Should().Be(2);
        (await TotalAsync(second)).Should().Be(0);
    }

    [Test]
    public async Task Backup_creates_a_folder_with_the_database()
    {
        using var folder = new TestFolder();
        await using var host = await RecipeHost.StartAsync(HostRecipes.Backup, settings: $"--BackupFolder={folder.Path}");
        using var response = await host.SendAsync(HttpMethod.Post, "/admin/backup", ("Host", "localhost"));
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        var copy = await response.Content.ReadFromJsonAsync<string>();
        Directory.GetFiles(copy!).Should().NotBeEmpty();
    }

    private static void WithoutDemo(IWebHostBuilder builder) =>
        builder.UseSetting("Demo:Traffic", "false").UseSetting("ReverseProxy:Clusters:unused:Destinations:first:Address", "http://127.0.0.1:1/");

    private static async Task<int> TotalAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonElement>(new Uri(List, UriKind.Relative))).GetProperty("total").GetInt32();

    private static Task<HttpResponseMessage> PreflightAsync(RecipeHost host, string origin) => host.SendAsync(
        HttpMethod.Options, List, ("Origin", origin), ("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "x-logs-token"));
}
