using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace HoodyLogs.AspNetCore.Capture.Policies;

/// <summary>What capture asks of an endpoint, found out once for each: its metadata are searched anew by every question put to them.</summary>
internal sealed class EndpointCapturePolicy
{
    private static readonly ConditionalWeakTable<Endpoint, EndpointCapturePolicy> Known = [];

    public static EndpointCapturePolicy None { get; } = new();

    private EndpointCapturePolicy()
    {
    }

    private EndpointCapturePolicy(Endpoint endpoint)
    {
        var metadata = endpoint.Metadata.GetMetadata<ProxyLogsAttribute>();
        (RequestBody, ResponseBody) = (metadata?.RequestBodyOrNull, metadata?.ResponseBodyOrNull);
        IsDisabled = endpoint.Metadata.GetMetadata<DisableProxyLogsAttribute>() is not null;
        EventStreamBodies = metadata?.EventStreamBodiesOrNull;
        IsLogsApi = endpoint.Metadata.GetMetadata<LogsApiMetadata>() is not null;
        Pattern = (endpoint as RouteEndpoint)?.RoutePattern.RawText;
    }

    private EndpointCapturePolicy(EndpointCapturePolicy first, EndpointCapturePolicy other)
    {
        (IsDisabled, IsLogsApi) = (first.IsDisabled || other.IsDisabled, first.IsLogsApi || other.IsLogsApi);
        RequestBody = other.RequestBody == false ? false : first.RequestBody;
        ResponseBody = other.ResponseBody == false ? false : first.ResponseBody;
        EventStreamBodies = other.EventStreamBodies == false ? false : first.EventStreamBodies;
        Pattern = first.Pattern;
    }

    /// <summary>Whether it keeps its exchanges out.</summary>
    public bool IsDisabled { get; }

    /// <summary>Whether it is one of the logs API's own (decision A5).</summary>
    public bool IsLogsApi { get; }

    /// <summary>Whether request bodies are captured; null where the options say.</summary>
    public bool? RequestBody { get; }

    /// <summary>Whether response bodies are captured; null where the options say.</summary>
    public bool? ResponseBody { get; }

    /// <summary>Whether bodies of event streams are captured; null where the options say.</summary>
    public bool? EventStreamBodies { get; }

    /// <summary>The pattern of its route, or null.</summary>
    public string? Pattern { get; }

    public static EndpointCapturePolicy Of(Endpoint? endpoint) =>
        endpoint is null ? None : Known.TryGetValue(endpoint, out var known) ? known : Known.GetOrAdd(endpoint, new EndpointCapturePolicy(endpoint));

    /// <summary>These, with what another endpoint of the same exchange says against capture.</summary>
    public EndpointCapturePolicy And(EndpointCapturePolicy other) =>
        other is { IsDisabled: false, IsLogsApi: false, RequestBody: not false, ResponseBody: not false, EventStreamBodies: not false } ? this : new EndpointCapturePolicy(this, other);
}
