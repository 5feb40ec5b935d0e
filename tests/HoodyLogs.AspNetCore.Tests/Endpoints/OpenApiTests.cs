using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using FluentAssertions;
using HoodyLogs.AspNetCore.Tests.Architecture;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using ReverseProxySample;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>Tests of the OpenAPI document, with the configuration of the sample.</summary>
public sealed class OpenApiTests
{
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Test]
    public async Task The_generated_document_equals_the_approved_one()
    {
        var approved = Path.Combine(SourceTree.Root, "tests", "HoodyLogs.AspNetCore.Tests", "Endpoints", "openapi.json");
        var received = Path.Combine(SourceTree.Root, "artifacts", "openapi", "openapi.json");
        Directory.CreateDirectory(Path.GetDirectoryName(received)!);
        await File.WriteAllTextAsync(received, (await DocumentAsync()).ToJsonString(Readable) + "\n");
        (await File.ReadAllTextAsync(received)).Should()
            .Be(await File.ReadAllTextAsync(approved), "where the change is meant, copy artifacts/openapi/openapi.json over the approved document");
    }

    [Test]
    public async Task Every_operation_has_its_statuses_and_examples()
    {
        var paths = (await DocumentAsync())["paths"]!.AsObject();
        paths.Select(path => path.Key).Should().BeEquivalentTo(
            "/api/proxy-logs/_logs", "/api/proxy-logs/_logs/{id}", "/api/proxy-logs/_logs/open", "/api/proxy-logs/_logs/stats", "/api/proxy-logs/_logs/stream", "/v1/tunnels/{tunnelId}/requests");
        foreach (var (path, item) in paths)
        {
            item!.AsObject().Select(operation => operation.Key).Should().Equal(["get"], "what else is claimed is not served");
            var responses = item["get"]!["responses"]!.AsObject();
            responses.Select(response => response.Key).Should().Contain(path.StartsWith("/v1", StringComparison.Ordinal) ? ["200", "400", "401", "404", "429"] : ["200", "403", "429"]);
            foreach (var content in responses.SelectMany(response => response.Value!["content"]!.AsObject())) content.Value!["example"].Should().NotBeNull(path);
        }

        paths["/api/proxy-logs/_logs"]!["get"]!["responses"]!.AsObject().Select(response => response.Key).Should().Contain("410");
    }

    private static async Task<JsonObject> DocumentAsync()
    {
        await using var server = await LogsApiServer.StartAsync(
            build: builder =>
            {
                builder.Services.AddOpenApi(options => options.AddLogsApiExamples());
                builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
            },
            map: app =>
            {
                app.MapProxyLogs();
                app.MapOpenApi();
            });
        var document = JsonNode.Parse(await server.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)))!.AsObject();

        // The name and the address of the host vary.
        document.Remove("info");
        document.Remove("servers");
        return document;
    }
}
