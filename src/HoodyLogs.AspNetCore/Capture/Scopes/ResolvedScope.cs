namespace HoodyLogs.AspNetCore.Capture.Scopes;

/// <summary>A scope as one object, which threads can exchange atomically.</summary>
internal sealed class ResolvedScope(ExchangeScope scope)
{
    public ExchangeScope Scope { get; } = scope;
}
