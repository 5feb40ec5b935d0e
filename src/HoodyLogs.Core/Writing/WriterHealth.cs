namespace HoodyLogs.Writing;

/// <summary>Whether the store is open and entries are being stored, for health checks and reads.</summary>
internal sealed class WriterHealth
{
    private volatile string? _trouble = "The log store is not open: the host has not started it yet.";
    private volatile bool _isOpen;

    /// <summary>What is wrong, for an operator to read; null while all is well.</summary>
    public string? Trouble => _trouble;

    /// <summary>Whether the store was opened.</summary>
    public bool IsOpen => _isOpen;

    public void Opened()
    {
        _isOpen = true;
        _trouble = null;
    }

    public void Degraded(string trouble) => _trouble = trouble;

    public void Healthy() => _trouble = null;
}
