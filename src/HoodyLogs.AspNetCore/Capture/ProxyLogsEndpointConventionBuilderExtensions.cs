using HoodyLogs.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Configures capture for single endpoints.</summary>
public static class ProxyLogsEndpointConventionBuilderExtensions
{
    /// <summary>
    /// Captures the bodies of these endpoints as given, instead of as the options say for all endpoints. This also applies if an endpoint fails and an
    /// error page answers.
    /// </summary>
    /// <typeparam name="TBuilder">The type of the endpoint builder.</typeparam>
    /// <param name="builder">The endpoints.</param>
    /// <param name="captureRequestBody">Whether request bodies are captured. Default null: as the options say.</param>
    /// <param name="captureResponseBody">Whether response bodies are captured. Default null: as the options say.</param>
    /// <param name="captureEventStreamBodies">
    /// Whether captured response bodies include the type <c>text/event-stream</c>. Default null: as the options say.
    /// </param>
    public static TBuilder WithProxyLogs<TBuilder>(
        this TBuilder builder, bool? captureRequestBody = null, bool? captureResponseBody = null, bool? captureEventStreamBodies = null)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadataOf(new ProxyLogsAttribute
        {
            RequestBodyOrNull = captureRequestBody,
            ResponseBodyOrNull = captureResponseBody,
            EventStreamBodiesOrNull = captureEventStreamBodies,
        });

    /// <summary>
    /// Leaves the exchanges of these endpoints out. On the endpoint of an error page, this leaves out every exchange that the page answers.
    /// </summary>
    /// <typeparam name="TBuilder">The type of the endpoint builder.</typeparam>
    /// <param name="builder">The endpoints.</param>
    public static TBuilder DisableProxyLogs<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadataOf(new ProxyLogsAttribute { Disabled = true });

    private static TBuilder WithMetadataOf<TBuilder>(this TBuilder builder, ProxyLogsAttribute metadata)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Add(endpoint => endpoint.Metadata.Add(metadata));
        return builder;
    }
}
