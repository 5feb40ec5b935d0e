namespace HoodyLogs.Writing;

/// <summary>Whether the store is open and entries are being stored, for health checks and reads.</summary>
internal sealed class WriterHealth
{
    private volatile string? _problem = "The log store is not open: the host has not started it yet.";
    private volatile bool _isOpen;

    /// <summary>What is wrong, for an operator to read; null while all is well.</summary>
    public string? Problem => _problem;

    /// <summary>Whether the store was opened.</summary>
    public bool IsOpen => _isOpen;

    public void Opened()
    {
        _isOpen = true;
        _problem = null;
    }

    public void Degraded(string trouble) => _problem = trouble;

    public void Healthy() => _problem = null;
}
