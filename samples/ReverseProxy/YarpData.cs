using HoodyLogs.AspNetCore.Capture;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.Transforms;

namespace ReverseProxySample;

/// <summary>Takes what YARP knows of an exchange into <c>data</c> of its response entry: route, cluster, destination, error and stage times.</summary>
internal static class YarpData
{
    public static void Add(HttpContext context, ExchangeData data)
    {
        if (context.Features.Get<IReverseProxyFeature>() is not { } proxied) return;
        data.Add("route", proxied.Route.Config.RouteId);
        data.Add("cluster", proxied.Route.Config.ClusterId);
        data.Add("destination", proxied.ProxiedDestination?.DestinationId);
        data.Add("upstreamError", context.Features.Get<IForwarderErrorFeature>()?.Error.ToString());
        if (context.Features.Get<Stages>() is not { AnsweredAt: { } answeredAt } stages) return;
        var time = context.RequestServices.GetRequiredService<TimeProvider>();
        data.Add("upstreamHeadersMs", time.GetElapsedTime(stages.SentAt, answeredAt));
        data.Add("upstreamBodyMs", time.GetElapsedTime(answeredAt));
    }

    /// <summary>Notes when a request goes to the upstream, and when the headers of its answer are there.</summary>
    public static IReverseProxyBuilder AddStageTimes(this IReverseProxyBuilder proxy) => proxy.AddTransforms(transforms =>
    {
        var time = transforms.Services.GetRequiredService<TimeProvider>();
        transforms.AddRequestTransform(request =>
        {
            request.HttpContext.Features.Set(new Stages { SentAt = time.GetTimestamp() });
            return ValueTask.CompletedTask;
        });
        transforms.AddResponseTransform(response =>
        {
            if (response.ProxyResponse is not null) response.HttpContext.Features.Get<Stages>()?.AnsweredAt = time.GetTimestamp();
            return ValueTask.CompletedTask;
        });
    });

    private sealed class Stages
    {
        public long SentAt { get; init; }

        public long? AnsweredAt { get; set; }
    }
}
