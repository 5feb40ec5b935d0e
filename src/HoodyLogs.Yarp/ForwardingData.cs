using HoodyLogs.AspNetCore;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace HoodyLogs.Yarp;

/// <summary>Writes what YARP knows about an exchange into <c>data</c> of its response entry.</summary>
internal sealed class ForwardingData(TimeProvider time)
{
    public void Add(HttpContext context, ExchangeData data)
    {
        var features = context.Features;
        var forwarding = features.Get<Forwarding>();
        if (features.Get<IReverseProxyFeature>() is { } proxied) AddChoices(data, proxied);
        if (features.Get<IForwarderErrorFeature>() is { } error && forwarding?.IsOfLastAttempt(error) != false) data.Add("upstreamError", error.Error.ToString());
        if (forwarding is null) return;
        if (forwarding.Attempts > 1)
        {
            data.Add("attempts", forwarding.Attempts);
            data.Add("earlierAttempts", forwarding.Earlier);
        }

        AddStages(data, forwarding);
    }

    /// <summary>The cluster is the one that was used: middleware may have replaced the route's.</summary>
    private static void AddChoices(ExchangeData data, IReverseProxyFeature proxied)
    {
        data.Add("route", AddressRedaction.Of(proxied.Route.Config.RouteId));
        data.Add("cluster", AddressRedaction.Of(proxied.Cluster.Config.ClusterId));
        if (proxied.ProxiedDestination is not { } destination) return;
        data.Add("destination", AddressRedaction.Of(destination.DestinationId));
        if (destination.Health is { Active: DestinationHealth.Unhealthy } or { Passive: DestinationHealth.Unhealthy })
            data.Add("destinationHealth", nameof(DestinationHealth.Unhealthy));
    }

    private void AddStages(ExchangeData data, Forwarding forwarding)
    {
        data.Add("beforeUpstreamMs", time.GetElapsedTime(data.ArrivedAt, forwarding.FirstSentAt));
        if (forwarding.RespondedAt is not { } responded) return;
        data.Add("upstreamHeadersMs", time.GetElapsedTime(forwarding.SentAt, responded));
        data.Add("upstreamBodyMs", data.Duration - time.GetElapsedTime(data.ArrivedAt, responded));
    }
}
