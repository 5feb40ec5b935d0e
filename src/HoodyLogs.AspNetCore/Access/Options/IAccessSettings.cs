namespace HoodyLogs.AspNetCore.Access.Options;

/// <summary>The options that this folder reads.</summary>
internal interface IAccessSettings
{
    AccessOptions Access { get; }

    LimitOptions Limits { get; }

    CaptureOptions Capture { get; }
}
