namespace HoodyLogs.Storage.Sqlite.Reading;

/// <summary>
/// Delays new snapshots briefly, so that the write-ahead log can be truncated although readers overlap. While the gate is closed, scans release their
/// snapshot. They take a new one when the gate opens.
/// </summary>
internal sealed class ReaderGate
{
    /// <summary>The maximum wait of a reader.</summary>
    private const int MaxWaitMs = 25;

    private readonly object _opened = new();
    private volatile bool _isClosed;

    /// <summary>Whether readers should release their snapshots.</summary>
    public bool IsClosed => _isClosed;

    public void Close() => _isClosed = true;

    public void Open()
    {
        lock (_opened)
        {
            _isClosed = false;
            Monitor.PulseAll(_opened);
        }
    }

    /// <summary>Waits while the gate is closed, up to the maximum wait.</summary>
    public void Pass()
    {
        if (!_isClosed) return;
        lock (_opened)
        {
            if (_isClosed) Monitor.Wait(_opened, MaxWaitMs);
        }
    }
}
