using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture.Scopes;

/// <summary>How the scope of an exchange is resolved.</summary>
/// <param name="FromHost">Whether the scope is read from host names.</param>
/// <param name="Resolve">The delegate of the host; called if the host name contains no scope.</param>
internal readonly record struct ScopeRules(bool FromHost, Func<HttpContext, ExchangeScope>? Resolve)
{
    /// <summary>Whether any exchange can have a scope.</summary>
    public bool IsConfigured => FromHost || Resolve is not null;
}
