using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace HoodyLogs.Yarp;

/// <summary>Notes when a request is sent to its destination and when the response headers arrive. YARP builds these transforms into every route.</summary>
internal sealed class ForwardingTransforms(TimeProvider time) : ITransformProvider
{
    public void ValidateRoute(TransformRouteValidationContext context)
    {
    }

    public void ValidateCluster(TransformClusterValidationContext context)
    {
    }

    public void Apply(TransformBuilderContext context)
    {
        context.AddRequestTransform(NoteSent);
        context.AddResponseTransform(NoteResponse);
    }

    private ValueTask NoteSent(RequestTransformContext request)
    {
        var features = request.HttpContext.Features;
        if (features.Get<Forwarding>() is not { } forwarding) features.Set(forwarding = new Forwarding());
        forwarding.NoteSent(features, time.GetTimestamp());
        return ValueTask.CompletedTask;
    }

    private ValueTask NoteResponse(ResponseTransformContext response)
    {
        // YARP also runs this transform if there is no response.
        if (response.ProxyResponse is { } message) response.HttpContext.Features.Get<Forwarding>()?.NoteResponse((int)message.StatusCode, time.GetTimestamp());
        return ValueTask.CompletedTask;
    }
}
