namespace HoodyLogs.Writing.Queue;

/// <summary>
/// Wakes a thread that sleeps, and stays set until it is reset. The framework's waits spin at first, yielding the processor over and over, which on
/// a busy machine costs the others as much as a commit does; and a <see cref="ManualResetEventSlim"/>, which can do without, must not be used once
/// it is disposed of, where exchanges may end after everything else.
/// </summary>
internal sealed class WakeEvent
{
    private readonly object _lock = new();
    private volatile bool _isSet;

    public void Reset() => _isSet = false;

    /// <summary>Costs next to nothing where it is set already.</summary>
    public void Set()
    {
        if (_isSet) return;
        lock (_lock)
        {
            _isSet = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Sleeps until it is set, and no longer than this.</summary>
    /// <returns>Whether it is set.</returns>
    public bool Wait(TimeSpan longest)
    {
        lock (_lock) return _isSet || Monitor.Wait(_lock, longest);
    }
}
