using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Hosting.Recipes;

/// <summary>Runs the recipes of the pages about configuration and capture, and those that use the log in code.</summary>
public sealed class CaptureRecipeTests
{
    private const string Responses = "?kind=response&last=10";

    [Test]
    public async Task Configure_in_code_overrides_configuration()
    {
        await using var host = await RecipeHost.StartAsync(CaptureRecipes.InCode, settings: "--ProxyLogs:Retention:MaxAge=1.00:00:00");
        using var health = await host.SendAsync("/health");
        using var other = await host.SendAsync("/other");
        (await UrlsAsync(host)).Should().Equal("/other");
    }

    [Test]
    public async Task Scope_comes_from_the_route()
    {
        await using var host = await RecipeHost.StartAsync(CaptureRecipes.Scope, app => app.MapGet("/{tenant}/hello", () => "Hello"));
        using var hello = await host.SendAsync("/acme/hello");
        var entry = (await host.EntriesAsync(Responses)).Should().ContainSingle().Subject;
        string?[] scope = [.. new[] { "projectId", "containerId", "serviceName" }.Select(name => entry.GetProperty(name).GetString())];
        scope.Should().Equal("acme", "web1", "shop");
    }

    [Test]
    public async Task Keep_keeps_warnings_and_errors()
    {
        await using var host = await RecipeHost.StartAsync(CaptureRecipes.Keep, app => app.MapGet("/fail", string () => throw new InvalidOperationException()));
        using var missing = await host.SendAsync("/missing");
        using var failed = await host.SendAsync("/fail");
        (await UrlsAsync(host)).Should().Equal("/missing", "/fail");
    }

    [Test]
    public async Task Endpoints_are_left_out_or_captured_with_their_bodies()
    {
        await using var host = await RecipeHost.StartAsync(CaptureRecipes.Endpoints);
        using var health = await host.SendAsync("/health");
        using var order = await host.Client.PostAsJsonAsync(new Uri("/orders", UriKind.Relative), new { id = 7 });
        var entry = (await host.EntriesAsync(Responses + "&includeRequestBody=true&includeResponseBody=true")).Should().ContainSingle().Subject;
        entry.GetProperty("requestBody").GetString().Should().Be("""{"id":7}""");
        entry.GetProperty("responseBody").GetString().Should().Be("7");
    }

    [Test]
    public async Task Enrich_adds_to_the_data_of_the_response()
    {
        await using var host = await RecipeHost.StartAsync(CaptureRecipes.Enrich, app => app.Use(async (context, next) =>
        {
            context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("plan", "gold")]));
            await next(context);
        }));
        using var hello = await host.SendAsync("/hello");
        var entry = (await host.EntriesAsync(Responses)).Should().ContainSingle().Subject;
        entry.GetProperty("data").GetProperty("plan").GetString().Should().Be("gold");
    }

    [Test]
    public async Task Redact_replaces_urls_and_refuses_bodies()
    {
        await using var host = await RecipeHost.StartAsync(
            CaptureRecipes.Redact,
            app => app.MapPost("/payments", async context => await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted)),
            "--ProxyLogs:Capture:CaptureRequestBody=true");
        using var share = await host.SendAsync("/share/8f1c");
        using var payment = await host.Client.PostAsJsonAsync(new Uri("/payments", UriKind.Relative), new { amount = 7 });
        (await UrlsAsync(host)).Should().Equal("/share/[redacted]", "/payments");
        (await host.EntriesAsync(Responses))[1].GetProperty("data").GetProperty("requestBodyState").GetString().Should().Be("redacted");
    }

    [Test]
    public async Task Events_are_log_records_from_Warning_on()
    {
        await using var host = await RecipeHost.StartAsync(CaptureRecipes.Events, app => app.MapGet("/hello", (ILogger<WebApplication> logger) =>
        {
            logger.LogInformation("Nobody stores this");
            logger.LogWarning("Somebody said hello");
        }));
        using var hello = await host.SendAsync("/hello");
        var entry = (await host.EntriesAsync("?kind=event&last=10")).Should().ContainSingle().Subject;
        entry.GetProperty("data").GetProperty("message").GetString().Should().Be("Somebody said hello");
    }

    [Test]
    public async Task In_process_code_writes_reads_follows_and_deletes()
    {
        await using var host = await RecipeHost.StartAsync(CaptureRecipes.InProcess);
        using var note = await host.SendAsync(HttpMethod.Post, "/projects/acme/notes?text=certificate+renewed");
        (await note.Content.ReadFromJsonAsync<JsonElement[]>())!.Should().ContainSingle().Which.GetProperty("message").GetString().Should().Be("certificate renewed");

        using var events = await host.Client.GetAsync(new Uri("/projects/acme/events?afterId=0", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using var followed = new StreamReader(await events.Content.ReadAsStreamAsync());
        ((char)followed.Read()).Should().Be('[', "the event that is stored already comes at once");

        using var deleted = await host.SendAsync(HttpMethod.Delete, "/projects/acme");
        (await host.EntriesAsync("?projectId=acme")).Should().BeEmpty();
    }

    private static async Task<string?[]> UrlsAsync(RecipeHost host) =>
        [.. (await host.EntriesAsync(Responses)).Select(entry => entry.GetProperty("url").GetString())];
}
