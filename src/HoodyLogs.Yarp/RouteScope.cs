using HoodyLogs.AspNetCore;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Model;

namespace HoodyLogs.Yarp;

/// <summary>Reads the scope of an exchange from the metadata of its route and its cluster.</summary>
internal sealed class RouteScope(YarpOptions options)
{
    private readonly string _projectKey = options.ProjectIdKey;
    private readonly string _containerKey = options.ContainerIdKey;
    private readonly string _serviceKey = options.ServiceNameKey;
    private readonly bool _serviceFromCluster = options.ServiceNameFromCluster;

    /// <summary>Returns the scope that route and cluster name. It is unknown if YARP did not route the exchange.</summary>
    public ExchangeScope Of(HttpContext context)
    {
        if (context.Features.Get<IReverseProxyFeature>() is not { } proxied) return default;
        var cluster = proxied.Cluster.Config;
        var scope = Complete(Read(proxied.Route.Config.Metadata), Read(cluster.Metadata));
        return _serviceFromCluster && scope.ServiceName is null ? scope with { ServiceName = AddressRedaction.Of(cluster.ClusterId) } : scope;
    }

    /// <summary>Completes the scope that the host's delegate returned.</summary>
    public ExchangeScope Complete(in ExchangeScope given, HttpContext context) =>
        given is { ProjectId.Length: > 0, ContainerId.Length: > 0, ServiceName.Length: > 0 } ? given : Complete(given, Of(context));

    /// <summary>
    /// Fills in the names that a scope lacks. A container belongs to its project, so the container of the second scope is not used if both scopes have a
    /// project and the projects differ.
    /// </summary>
    private static ExchangeScope Complete(in ExchangeScope first, in ExchangeScope second)
    {
        var project = first.ProjectId is { Length: > 0 } named ? named : null;
        var takesContainer = project is null || second.ProjectId is not { Length: > 0 } || second.ProjectId == project;
        return first with
        {
            ProjectId = project ?? second.ProjectId,
            ContainerId = first.ContainerId is { Length: > 0 } || !takesContainer ? first.ContainerId : second.ContainerId,
            ServiceName = first.ServiceName is { Length: > 0 } ? first.ServiceName : second.ServiceName,
        };
    }

    private ExchangeScope Read(IReadOnlyDictionary<string, string>? metadata) => metadata is null or { Count: 0 }
        ? default
        : new(metadata.GetValueOrDefault(_projectKey), metadata.GetValueOrDefault(_containerKey), metadata.GetValueOrDefault(_serviceKey));
}
