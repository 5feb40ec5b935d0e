namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>A captured body until it is stored or dropped.</summary>
internal sealed class ProcessedBody(PooledBytes bytes, BodyState state, ContentType type) : IDisposable
{
    public PooledBytes Bytes { get; private set; } = bytes;

    /// <summary>Full, capped or aborted.</summary>
    public BodyState State { get; set; } = state;

    public ContentType Type => type;

    public bool IsWhole => State == BodyState.Full;

    public bool IsText { get; set; }

    /// <summary>Whether redaction by name could read the body.</summary>
    public bool IsReadable { get; set; }

    public void Replace(PooledBytes bytes)
    {
        Bytes.Dispose();
        Bytes = bytes;
    }

    public CapturedBody ToStore() => new(Bytes.Memory, IsText);

    public void Dispose() => Bytes.Dispose();
}
