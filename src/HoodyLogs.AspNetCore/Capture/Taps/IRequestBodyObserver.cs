using HoodyLogs.AspNetCore.Capture.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture.Taps;

/// <summary>Observes what the application reads of a request body.</summary>
internal interface IRequestBodyObserver
{
    HttpContext Context { get; }

    CaptureFailures Failures { get; }

    /// <summary>Whether the exchange has ended. The context must not be used after that.</summary>
    bool HasEnded { get; }

    /// <summary>Called after bytes were read.</summary>
    /// <param name="bytes">The bytes; may be empty.</param>
    /// <param name="isEnd">Whether the body ends after these bytes.</param>
    void OnRead(ReadOnlySpan<byte> bytes, bool isEnd);

    /// <summary>Called when reading fails, unless the application has cancelled it.</summary>
    void OnReadFailed(Exception failure);
}
