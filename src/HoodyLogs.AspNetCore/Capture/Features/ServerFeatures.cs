using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Capture.Features;

/// <summary>The features that capture replaces.</summary>
internal readonly struct ServerFeatures(IFeatureCollection features)
{
    public IHttpResponseBodyFeature ResponseBody { get; } = features.GetRequiredFeature<IHttpResponseBodyFeature>();

    public IHttpRequestLifetimeFeature? Lifetime { get; } = features.Get<IHttpRequestLifetimeFeature>();

    public IHttpResetFeature? Reset { get; } = features.Get<IHttpResetFeature>();

    /// <summary>Whether the response body is the server's own, whose features are one object.</summary>
    public bool IsOutermost => ResponseBody is IHttpResponseFeature;
}
