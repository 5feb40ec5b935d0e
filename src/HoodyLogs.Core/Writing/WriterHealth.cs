namespace HoodyLogs.Writing;

/// <summary>Whether the store is open and entries are stored. Health checks and reads use it.</summary>
internal sealed class WriterHealth
{
    private volatile string? _problem = "The log store is not open. The host has not started it yet.";
    private volatile bool _isOpen;

    /// <summary>A description of the problem for an operator, or null if there is none.</summary>
    public string? Problem => _problem;

    /// <summary>Whether the store is open.</summary>
    public bool IsOpen => _isOpen;

    public void Opened()
    {
        _isOpen = true;
        _problem = null;
    }

    public void Degraded(string trouble) => _problem = trouble;

    public void Healthy() => _problem = null;
}
