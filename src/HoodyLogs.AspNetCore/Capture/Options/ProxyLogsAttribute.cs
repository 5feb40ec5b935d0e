namespace HoodyLogs.AspNetCore;

/// <summary>Configures what is captured of the exchanges of one endpoint, instead of the options.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class ProxyLogsAttribute : Attribute
{
    /// <summary>Gets or sets whether exchanges of the endpoint are not captured. Default false.</summary>
    public bool Disabled { get; set; }

    /// <summary>Gets or sets whether request bodies are captured. Default: <see cref="CaptureOptions.CaptureRequestBody"/>.</summary>
    public bool CaptureRequestBody
    {
        get => RequestBodyOrNull ?? false;
        set => RequestBodyOrNull = value;
    }

    /// <summary>Gets or sets whether response bodies are captured. Default: <see cref="CaptureOptions.CaptureResponseBody"/>.</summary>
    public bool CaptureResponseBody
    {
        get => ResponseBodyOrNull ?? false;
        set => ResponseBodyOrNull = value;
    }

    /// <summary>
    /// Gets or sets whether captured response bodies include the type <c>text/event-stream</c>. Default: <see cref="CaptureOptions.CaptureEventStreamBodies"/>.
    /// </summary>
    public bool CaptureEventStreamBodies
    {
        get => EventStreamBodiesOrNull ?? false;
        set => EventStreamBodiesOrNull = value;
    }

    internal bool? RequestBodyOrNull { get; set; }

    internal bool? ResponseBodyOrNull { get; set; }

    internal bool? EventStreamBodiesOrNull { get; set; }
}
