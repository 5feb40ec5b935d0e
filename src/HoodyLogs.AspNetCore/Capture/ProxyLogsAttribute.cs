namespace HoodyLogs.AspNetCore.Capture;

/// <summary>What is captured of the exchanges of one endpoint, in place of what the options say for all.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class ProxyLogsAttribute : Attribute
{
    /// <summary>Whether exchanges of this endpoint are left out. Default false.</summary>
    public bool Disabled { get; set; }

    /// <summary>Whether request bodies are captured. Default: as <see cref="CaptureOptions.RequestBody"/> says.</summary>
    public bool RequestBody
    {
        get => RequestBodyOrNull ?? false;
        set => RequestBodyOrNull = value;
    }

    /// <summary>Whether response bodies are captured. Default: as <see cref="CaptureOptions.ResponseBody"/> says.</summary>
    public bool ResponseBody
    {
        get => ResponseBodyOrNull ?? false;
        set => ResponseBodyOrNull = value;
    }

    internal bool? RequestBodyOrNull { get; set; }

    internal bool? ResponseBodyOrNull { get; set; }
}
