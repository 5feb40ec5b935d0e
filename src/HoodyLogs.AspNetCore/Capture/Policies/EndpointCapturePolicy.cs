using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace HoodyLogs.AspNetCore.Capture.Policies;

/// <summary>What the metadata of an endpoint say about capture. Read once for each endpoint, because each lookup searches the metadata.</summary>
internal sealed class EndpointCapturePolicy
{
    private static readonly ConditionalWeakTable<Endpoint, EndpointCapturePolicy> Known = [];

    private readonly bool? _requestBody;
    private readonly bool? _responseBody;

    public static EndpointCapturePolicy None { get; } = new();

    private EndpointCapturePolicy()
    {
    }

    private EndpointCapturePolicy(Endpoint endpoint)
    {
        var metadata = endpoint.Metadata.GetMetadata<ProxyLogsAttribute>();
        IsDisabled = endpoint.Metadata.GetMetadata<DisableProxyLogsAttribute>() is not null;
        (_requestBody, _responseBody) = (metadata?.RequestBodyOrNull, metadata?.ResponseBodyOrNull);
        EventStreamBodies = metadata?.EventStreamBodiesOrNull;
        IsLogsApi = endpoint.Metadata.GetMetadata<LogsApiMetadata>() is not null;
        Pattern = (endpoint as RouteEndpoint)?.RoutePattern.RawText;
    }

    private EndpointCapturePolicy(EndpointCapturePolicy first, EndpointCapturePolicy other)
    {
        (IsDisabled, IsLogsApi) = (first.IsDisabled || other.IsDisabled, first.IsLogsApi || other.IsLogsApi);
        _requestBody = other._requestBody == false ? false : first._requestBody;
        _responseBody = other._responseBody == false ? false : first._responseBody;
        EventStreamBodies = other.EventStreamBodies == false ? false : first.EventStreamBodies;
        Pattern = first.Pattern;
    }

    /// <summary>Whether the exchanges of the endpoint are not captured.</summary>
    public bool IsDisabled { get; }

    /// <summary>Whether the endpoint belongs to the logs API.</summary>
    public bool IsLogsApi { get; }

    /// <summary>Whether bodies of event streams are captured; null if the options decide.</summary>
    public bool? EventStreamBodies { get; }

    /// <summary>The pattern of the route; null without a route.</summary>
    public string? Pattern { get; }

    public static EndpointCapturePolicy Of(Endpoint? endpoint) =>
        endpoint is null ? None : Known.TryGetValue(endpoint, out var known) ? known : Known.GetOrAdd(endpoint, new EndpointCapturePolicy(endpoint));

    /// <summary>Whether a body is captured; null if the options decide.</summary>
    public bool? CapturesBody(bool isRequest) => IsLogsApi ? false : isRequest ? _requestBody : _responseBody;

    /// <summary>Returns this policy, with what another endpoint of the same exchange excludes.</summary>
    public EndpointCapturePolicy MergeExclusions(EndpointCapturePolicy other) =>
        other is { IsDisabled: false, IsLogsApi: false, _requestBody: not false, _responseBody: not false, EventStreamBodies: not false } ? this : new EndpointCapturePolicy(this, other);
}
