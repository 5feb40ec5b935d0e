namespace HoodyLogs.AspNetCore.Capture;

/// <summary>Marks the endpoints of the logs API, so that capture leaves requests to it out (decision A5).</summary>
internal sealed class LogsApiMetadata
{
    public static LogsApiMetadata Instance { get; } = new();
}
