namespace HoodyLogs.AspNetCore.Capture.Scopes;

/// <summary>A scope as one object, which other threads see as a whole or not at all.</summary>
internal sealed class ResolvedScope(ExchangeScope scope)
{
    public ExchangeScope Scope { get; } = scope;
}
