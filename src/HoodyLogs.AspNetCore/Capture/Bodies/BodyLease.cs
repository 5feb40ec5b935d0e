namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>Gives the memory of a record's bodies back once they are stored or lost.</summary>
internal sealed class BodyLease(ProcessedBody? request, ProcessedBody? response)
{
    public void Release(LogRecord record)
    {
        request?.Dispose();
        response?.Dispose();
    }
}
