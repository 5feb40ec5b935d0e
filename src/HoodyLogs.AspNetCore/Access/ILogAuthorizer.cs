using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Access;

/// <summary>Authorizes requests. It is the only place that maps a caller to a scope.</summary>
internal interface ILogAuthorizer
{
    /// <summary>Returns the scope of the caller of a request, or the reason why the caller has none.</summary>
    AuthorizationResult Authorize(HttpContext context);
}

/// <summary>The result of an authorization: a scope, or the status and message of the error answer.</summary>
internal readonly struct AuthorizationResult
{
    /// <summary>The message for a caller that names a project or container outside its scope.</summary>
    public const string ScopeNotPermitted = "Caller is not permitted to read logs for this scope";

    private AuthorizationResult(LogScope? scope, int status, string? message, DateTimeOffset? expiresAt = null)
    {
        Scope = scope;
        ExpiresAt = expiresAt;
        Status = status;
        Message = message;
    }

    /// <summary>The caller's scope; null if the caller is denied.</summary>
    public LogScope? Scope { get; }

    /// <summary>The status for a denied caller: 403 or 421.</summary>
    public int Status { get; }

    /// <summary>The message for a denied caller.</summary>
    public string? Message { get; }

    /// <summary>The time when the caller's authentication expires; null if it does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; }

    [MemberNotNullWhen(true, nameof(Scope))]
    [MemberNotNullWhen(false, nameof(Message))]
    public bool IsAllowed => Scope is not null;

    public static AuthorizationResult Allow(LogScope scope, DateTimeOffset? expiresAt = null) => new(scope, 0, null, expiresAt);

    public static AuthorizationResult Deny(int status, string message) => new(null, status, message);
}
