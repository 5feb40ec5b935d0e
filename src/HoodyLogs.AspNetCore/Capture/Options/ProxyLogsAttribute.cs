namespace HoodyLogs.AspNetCore;

/// <summary>What is captured of the exchanges of one endpoint, in place of what the options say for all.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class ProxyLogsAttribute : Attribute
{
    /// <summary>Whether exchanges of this endpoint are left out. Default false.</summary>
    public bool Disabled { get; set; }

    /// <summary>Whether request bodies are captured. Default: as <see cref="CaptureOptions.CaptureRequestBody"/> says.</summary>
    public bool CaptureRequestBody
    {
        get => RequestBodyOrNull ?? false;
        set => RequestBodyOrNull = value;
    }

    /// <summary>Whether response bodies are captured. Default: as <see cref="CaptureOptions.CaptureResponseBody"/> says.</summary>
    public bool CaptureResponseBody
    {
        get => ResponseBodyOrNull ?? false;
        set => ResponseBodyOrNull = value;
    }

    /// <summary>
    /// Whether response bodies of the type <c>text/event-stream</c> are captured, if response bodies are. Default: as <see cref="CaptureOptions.CaptureEventStreamBodies"/> says.
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
