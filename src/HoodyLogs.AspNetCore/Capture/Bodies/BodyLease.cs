namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>Returns the memory of the bodies of a record after the record is stored or dropped.</summary>
internal sealed class BodyLease(ProcessedBody? request, ProcessedBody? response)
{
    public void Release(LogRecord record)
    {
        request?.Dispose();
        response?.Dispose();
    }
}
