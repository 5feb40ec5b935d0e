namespace HoodyLogs.AspNetCore.Capture;

/// <summary>The exchange in whose flow code runs. Kept only where somebody asks (<see cref="IsAsked"/>), for it costs every exchange.</summary>
internal sealed class CurrentExchange
{
    private readonly AsyncLocal<Exchange?> _current = new();

    /// <summary>Set once, before the host serves.</summary>
    public bool IsAsked { get; set; }

    public Exchange? Value
    {
        get => _current.Value;
        set => _current.Value = value;
    }
}
