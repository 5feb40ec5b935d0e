namespace HoodyLogs.Writing;

/// <summary>Whether entries are being stored, for a health check.</summary>
internal sealed class WriterHealth
{
    private volatile string? _trouble;

    /// <summary>What is wrong, for an operator to read; null while all is well.</summary>
    public string? Trouble => _trouble;

    public void Degraded(string trouble) => _trouble = trouble;

    public void Healthy() => _trouble = null;
}
