namespace HoodyLogs.AspNetCore;

/// <summary>
/// Says what is captured of the exchanges of an endpoint. It overrides the options. Use <see cref="DisableProxyLogsAttribute"/> to capture nothing.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class ProxyLogsAttribute : Attribute
{
    /// <summary>Gets or sets whether request bodies are captured.</summary>
    /// <value>If not set, <see cref="CaptureOptions.CaptureRequestBody"/> applies.</value>
    public bool CaptureRequestBody
    {
        get => RequestBodyOrNull ?? false;
        set => RequestBodyOrNull = value;
    }

    /// <summary>Gets or sets whether response bodies are captured.</summary>
    /// <value>If not set, <see cref="CaptureOptions.CaptureResponseBody"/> applies.</value>
    public bool CaptureResponseBody
    {
        get => ResponseBodyOrNull ?? false;
        set => ResponseBodyOrNull = value;
    }

    /// <summary>Gets or sets whether response bodies of the type <c>text/event-stream</c> are captured, if response bodies are.</summary>
    /// <value>If not set, <see cref="CaptureOptions.CaptureEventStreamBodies"/> applies.</value>
    public bool CaptureEventStreamBodies
    {
        get => EventStreamBodiesOrNull ?? false;
        set => EventStreamBodiesOrNull = value;
    }

    internal bool? RequestBodyOrNull { get; set; }

    internal bool? ResponseBodyOrNull { get; set; }

    internal bool? EventStreamBodiesOrNull { get; set; }
}
