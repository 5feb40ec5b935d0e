using System.Net;
using System.Text.Json;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Hosting.Recipes;

/// <summary>The blocks of docs/yarp.md, run with the settings that the page shows.</summary>
public sealed class YarpRecipeTests
{
    [Test]
    public async Task Metadata_of_the_page_names_the_scope()
    {
        await using var host = await RecipeHost.StartAsync(builder => WithSettings(builder, YarpRecipes.Add));

        var response = await ResponseAsync(host);

        Scope(response).Should().Be(("acme", "web1", "shop"));
        response.GetProperty("data").GetProperty("upstreamError").GetString().Should().Be("Request");
    }

    [Test]
    public async Task Other_keys_replace_those_of_the_page()
    {
        await using var host = await RecipeHost.StartAsync(
            builder => WithSettings(builder, YarpRecipes.Options), null, "--ReverseProxy:Routes:shop:Metadata:Tenant=globex");

        Scope(await ResponseAsync(host)).Should().Be(("globex", "web1", "shop"));
    }

    private static WebApplication WithSettings(WebApplicationBuilder builder, Func<WebApplicationBuilder, WebApplication> recipe)
    {
        var settings = new MemoryStream([.. Documents.Blocks("docs/yarp.md", "json").Single().Select(letter => (byte)letter)]);
        builder.Configuration.AddJsonStream(settings);
        builder.Configuration["ReverseProxy:Clusters:shop:Destinations:first:Address"] = "http://127.0.0.1:1";
        return recipe(builder);
    }

    private static async Task<JsonElement> ResponseAsync(RecipeHost host)
    {
        (await host.SendAsync("/anything")).StatusCode.Should().Be(HttpStatusCode.BadGateway, "nothing listens at the address");
        return (await host.EntriesAsync("?kind=response")).Should().ContainSingle().Subject;
    }

    private static (string? Project, string? Container, string? Service) Scope(JsonElement entry)
    {
        return (Text("projectId"), Text("containerId"), Text("serviceName"));

        string? Text(string name) => entry.TryGetProperty(name, out var value) ? value.GetString() : null;
    }
}
