using HoodyLogs.AspNetCore;
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
        context.Features.Get<Stages>()?.AddTo(data);
    }

    /// <summary>Notes when a request goes to the upstream, and when the headers of the answer are there.</summary>
    public static IReverseProxyBuilder AddStages(this IReverseProxyBuilder proxy) => proxy.AddTransforms(transforms =>
    {
        transforms.AddRequestTransform(request =>
        {
            request.HttpContext.Features.Get<Stages>()?.Sent();
            return ValueTask.CompletedTask;
        });
        transforms.AddResponseTransform(response =>
        {
            if (response.ProxyResponse is not null) response.HttpContext.Features.Get<Stages>()?.Answered();
            return ValueTask.CompletedTask;
        });
    });

    /// <summary>Notes when the proxy takes a request up, and when it is done with it.</summary>
    public static IApplicationBuilder UseStages(this IApplicationBuilder app)
    {
        var time = app.ApplicationServices.GetRequiredService<TimeProvider>();
        return app.Use(async (context, next) =>
        {
            var stages = new Stages(time);
            context.Features.Set(stages);
            try
            {
                await next(context);
            }
            finally
            {
                stages.Ended();
            }
        });
    }

    /// <summary>The stages of one exchange, each with its share of the duration.</summary>
    private sealed class Stages(TimeProvider time)
    {
        private readonly long _began = time.GetTimestamp();
        private long? _sent;
        private long? _answered;
        private long? _ended;

        public void Sent() => _sent = time.GetTimestamp();

        public void Answered() => _answered = time.GetTimestamp();

        public void Ended() => _ended = time.GetTimestamp();

        public void AddTo(ExchangeData data)
        {
            Add(data, "beforeUpstreamMs", _began, _sent);
            Add(data, "upstreamHeadersMs", _sent, _answered);
            Add(data, "upstreamBodyMs", _answered, _ended);
        }

        private void Add(ExchangeData data, string name, long? from, long? to)
        {
            if (from is { } start && to is { } end) data.Add(name, time.GetElapsedTime(start, end));
        }
    }
}
