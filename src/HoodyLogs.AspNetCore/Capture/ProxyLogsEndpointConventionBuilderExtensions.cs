using HoodyLogs.AspNetCore;


namespace Microsoft.AspNetCore.Builder;

/// <summary>Capture per endpoint.</summary>
public static class ProxyLogsEndpointConventionBuilderExtensions
{
    /// <summary>
    /// Says what is captured of the exchanges of these endpoints, in place of what the options say for all. Holds too where one fails and an error page answers;
    /// what an error page's own endpoint says against capture holds for all that it answers.
    /// </summary>
    /// <typeparam name="TBuilder">The kind of endpoint builder.</typeparam>
    /// <param name="builder">The endpoints.</param>
    /// <param name="disabled">Whether they are left out.</param>
    /// <param name="requestBody">Whether request bodies are captured; null: as the options say.</param>
    /// <param name="responseBody">Whether response bodies are captured; null: as the options say.</param>
    /// <param name="eventStreamBodies">Whether response bodies of event streams are captured, if response bodies are; null: as the options say.</param>
    public static TBuilder WithProxyLogs<TBuilder>(
        this TBuilder builder, bool disabled = false, bool? requestBody = null, bool? responseBody = null, bool? eventStreamBodies = null)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        var metadata = new ProxyLogsAttribute
        {
            Disabled = disabled,
            RequestBodyOrNull = requestBody,
            ResponseBodyOrNull = responseBody,
            EventStreamBodiesOrNull = eventStreamBodies,
        };
        builder.Add(endpoint => endpoint.Metadata.Add(metadata));
        return builder;
    }
}
