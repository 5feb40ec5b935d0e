namespace HoodyLogs.AspNetCore.Capture.Taps;

/// <summary>Observes what the application writes to a response body.</summary>
internal interface IResponseBodyObserver
{
    /// <summary>Whether the last byte that the response declares has been written, and <see cref="OnLastByteWritten"/> was not called yet.</summary>
    bool IsLastByteWritten { get; }

    /// <summary>Called before bytes are passed to the server.</summary>
    void OnWriting(int bytes);

    /// <summary>Called after the server has accepted bytes.</summary>
    void OnWritten(ReadOnlySpan<byte> bytes);

    /// <summary>Called after the server has sent the last byte.</summary>
    void OnLastByteWritten();
}
