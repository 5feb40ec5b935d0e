using System.Text.Json.Nodes;
using HoodyLogs.AspNetCore;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ReverseProxySample;

/// <summary>Adds the examples of the logs API routes to the OpenAPI document.</summary>
public static class LogsApiDocument
{
    public static OpenApiOptions AddLogsApiExamples(this OpenApiOptions options) => options.AddOperationTransformer((operation, context, _) =>
    {
        foreach (var example in context.Description.ActionDescriptor.EndpointMetadata.OfType<ResponseExample>()) Add(operation, example);
        return Task.CompletedTask;
    });

    private static void Add(OpenApiOperation operation, ResponseExample example)
    {
        if (operation.Responses?.GetValueOrDefault($"{example.StatusCode}") is not OpenApiResponse response) return;
        response.Description = example.Description;
        response.Content ??= new Dictionary<string, OpenApiMediaType>();
        if (!response.Content.TryGetValue(example.ContentType, out var content)) response.Content.Add(example.ContentType, content = new OpenApiMediaType());
        content.Example = example.ContentType == "application/json" ? JsonNode.Parse(example.Text) : JsonValue.Create(example.Text);
    }
}
