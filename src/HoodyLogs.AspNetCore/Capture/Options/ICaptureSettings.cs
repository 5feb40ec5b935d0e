namespace HoodyLogs.AspNetCore.Capture.Options;

/// <summary>The options that this folder reads.</summary>
internal interface ICaptureSettings
{
    CaptureOptions Capture { get; }

    QueueOptions Queue { get; }
}
