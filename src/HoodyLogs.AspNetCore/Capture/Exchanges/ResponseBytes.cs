using HoodyLogs.AspNetCore.Capture.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>Counts the bytes of a response body.</summary>
internal struct ResponseBytes
{
    /// <summary>The number of bytes; -1 if it is unknown.</summary>
    public long Count { get; private set; }

    public void Add(int bytes)
    {
        if (Count >= 0) Count += bytes;
    }

    /// <summary>Adds a file that the server has sent itself.</summary>
    /// <param name="bytes">The number of bytes; null if only the server knows it.</param>
    public void AddFile(long? bytes)
    {
        if (Count >= 0) Count = bytes is null ? -1 : Count + bytes.Value;
    }

    /// <summary>Returns whether the response has all bytes that it declares, after further bytes are written.</summary>
    public readonly bool IsComplete(int furtherBytes, HttpContext context, CaptureFailures failures)
    {
        try
        {
            return context.Response.ContentLength is { } length && Count + furtherBytes >= length;
        }
#pragma warning disable CA1031 // capture must not fail an exchange
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failures.Report(exception, "Looking for the last byte");
            return false;
        }
    }
}
