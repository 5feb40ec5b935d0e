namespace HoodyLogs.AspNetCore.Capture.Policies;

/// <summary>Marks the endpoints of the logs API, so that capture excludes requests to them.</summary>
internal sealed class LogsApiMetadata
{
    public static LogsApiMetadata Instance { get; } = new();
}
