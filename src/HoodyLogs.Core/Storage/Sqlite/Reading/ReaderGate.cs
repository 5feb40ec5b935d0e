namespace HoodyLogs.Storage.Sqlite.Reading;

/// <summary>
/// Holds back new snapshots for a moment, so that the write-ahead log can be reset although readers overlap. Scans end their snapshot while it is closed,
/// and take a new one afterwards.
/// </summary>
internal sealed class ReaderGate
{
    /// <summary>A reader never waits for longer than this.</summary>
    private const int MaxWaitMs = 25;

    private readonly object _opened = new();
    private volatile bool _isClosed;

    /// <summary>Whether snapshots should end.</summary>
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

    /// <summary>Waits while the gate is closed, but not for long.</summary>
    public void Pass()
    {
        if (!_isClosed) return;
        lock (_opened)
        {
            if (_isClosed) Monitor.Wait(_opened, MaxWaitMs);
        }
    }
}
