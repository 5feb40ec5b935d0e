using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>What capture asks of an endpoint, found out once for each: its metadata are searched anew by every question put to them.</summary>
internal sealed class EndpointTraits
{
    private static readonly ConditionalWeakTable<Endpoint, EndpointTraits> Known = [];

    private readonly Endpoint? _endpoint;

    public static EndpointTraits None { get; } = new();

    private EndpointTraits()
    {
    }

    private EndpointTraits(Endpoint endpoint)
    {
        _endpoint = endpoint;
        var metadata = endpoint.Metadata.GetMetadata<ProxyLogsAttribute>();
        (IsDisabled, RequestBody, ResponseBody) = (metadata is { Disabled: true }, metadata?.RequestBodyOrNull, metadata?.ResponseBodyOrNull);
        IsLogsApi = endpoint.Metadata.GetMetadata<LogsApiMetadata>() is not null;
        Pattern = (endpoint as RouteEndpoint)?.RoutePattern.RawText;
    }

    /// <summary>Whether it keeps its exchanges out.</summary>
    public bool IsDisabled { get; }

    /// <summary>Whether it is one of the logs API's own (decision A5).</summary>
    public bool IsLogsApi { get; }

    /// <summary>Whether request bodies are captured; null where the options say.</summary>
    public bool? RequestBody { get; }

    /// <summary>Whether response bodies are captured; null where the options say.</summary>
    public bool? ResponseBody { get; }

    /// <summary>The pattern of its route, or null.</summary>
    public string? Pattern { get; }

    public static EndpointTraits Of(Endpoint? endpoint) =>
        endpoint is null ? None : Known.TryGetValue(endpoint, out var known) ? known : Known.GetOrAdd(endpoint, new EndpointTraits(endpoint));

    /// <summary>These, where it is still the same endpoint, else those of the other one.</summary>
    public EndpointTraits OrOf(Endpoint? endpoint) => ReferenceEquals(endpoint, _endpoint) ? this : Of(endpoint);
}
