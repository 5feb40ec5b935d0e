using HoodyLogs.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Configures capture for endpoints.</summary>
public static class ProxyLogsEndpointConventionBuilderExtensions
{
    /// <summary>
    /// Says what is captured of the exchanges of these endpoints. It overrides the options. It also applies if an endpoint fails and an error page
    /// answers; the endpoint of the error page can then only reduce what is captured.
    /// </summary>
    /// <typeparam name="TBuilder">The type of the endpoint builder.</typeparam>
    /// <param name="builder">The endpoints.</param>
    /// <param name="captureRequestBody">Whether request bodies are captured, or null to use the options.</param>
    /// <param name="captureResponseBody">Whether response bodies are captured, or null to use the options.</param>
    /// <param name="captureEventStreamBodies">Whether response bodies of event streams are captured, if response bodies are. Null to use the options.</param>
    /// <returns>The endpoints.</returns>
    public static TBuilder WithProxyLogs<TBuilder>(
        this TBuilder builder, bool? captureRequestBody = null, bool? captureResponseBody = null, bool? captureEventStreamBodies = null)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new ProxyLogsAttribute
        {
            RequestBodyOrNull = captureRequestBody,
            ResponseBodyOrNull = captureResponseBody,
            EventStreamBodiesOrNull = captureEventStreamBodies,
        });

    /// <summary>
    /// Switches capture off for the exchanges of these endpoints. It takes precedence over <see cref="WithProxyLogs"/>. On the endpoint of an error
    /// page, it leaves out every exchange that the page answers.
    /// </summary>
    /// <typeparam name="TBuilder">The type of the endpoint builder.</typeparam>
    /// <param name="builder">The endpoints.</param>
    /// <returns>The endpoints.</returns>
    public static TBuilder DisableProxyLogs<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new DisableProxyLogsAttribute());
}
