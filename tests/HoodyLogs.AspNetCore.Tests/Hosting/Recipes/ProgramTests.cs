extern alias MinimalApiSample;
extern alias YarpProxySample;

using System.Net.Http.Json;
using System.Text.Json;
using FluentAssertions;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Hosting.Recipes;

/// <summary>Starts the two complete programs of the README over real Kestrel, and does what the README does next.</summary>
public sealed class ProgramTests
{
    private const string Token = "0f8d2c61b7e94a35";

    [Test]
    public async Task Minimal_API_captures_and_shows_its_log_to_its_token()
    {
        using var folder = new TestFolder();
        await using var factory = Configured(new WebApplicationFactory<MinimalApiSample::Program>(), folder);
        using var client = factory.CreateClient();

        (await client.GetStringAsync(new Uri("/hello", UriKind.Relative))).Should().Be("Hello");

        var entries = await EntriesAsync(client);
        entries.Select(entry => entry.GetProperty("kind").GetString()).Should().Equal("request", "response");
        ScopeOf(entries[1]).Should().Equal("acme", "web1", "shop");
    }

    [Test]
    public async Task Yarp_proxy_captures_with_the_scope_of_the_route()
    {
        await using var upstream = WebApplication.Create(["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None"]);
        upstream.MapGet("/v1/users", () => "Ada");
        await upstream.StartAsync();
        using var folder = new TestFolder();
        await using var factory = Configured(new WebApplicationFactory<YarpProxySample::Program>(), folder).WithWebHostBuilder(
            builder => builder.UseSetting("ReverseProxy:Clusters:shop:Destinations:first:Address", upstream.Urls.First()));
        factory.UseKestrel(0);
        using var client = factory.CreateClient();

        (await client.GetStringAsync(new Uri("/v1/users", UriKind.Relative))).Should().Be("Ada");

        ScopeOf((await EntriesAsync(client))[1]).Should().Equal("acme", "web1", "shop");
    }

    private static WebApplicationFactory<TProgram> Configured<TProgram>(WebApplicationFactory<TProgram> factory, TestFolder folder)
        where TProgram : class
    {
        var configured = factory.WithWebHostBuilder(builder => builder
            .UseSetting("LogsToken", Token)
            .UseSetting("ProxyLogs:Sqlite:Database", folder.Database)
            .ConfigureLogging(logging => logging.ClearProviders()));
        configured.UseKestrel(0);
        return configured;
    }

    private static async Task<JsonElement[]> EntriesAsync(HttpClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/proxy-logs/_logs?last=10", UriKind.Relative));
        request.Headers.Add("X-Logs-Token", Token);
        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        var page = await response.Content.ReadFromJsonAsync<JsonElement>();
        return [.. page.GetProperty("entries").EnumerateArray()];
    }

    private static string?[] ScopeOf(JsonElement entry) =>
        [.. new[] { "projectId", "containerId", "serviceName" }.Select(name => entry.GetProperty(name).GetString())];
}
