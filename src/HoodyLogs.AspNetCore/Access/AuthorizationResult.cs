using System.Diagnostics.CodeAnalysis;

namespace HoodyLogs.AspNetCore.Access;

/// <summary>Whether a caller may read, and what.</summary>
internal readonly struct AuthorizationResult
{
    private AuthorizationResult(LogScope? scope, int status, string? message, DateTimeOffset? expiresAt = null)
    {
        Scope = scope;
        ExpiresAt = expiresAt;
        Status = status;
        Message = message;
    }

    /// <summary>What the caller may see; null where it was refused.</summary>
    public LogScope? Scope { get; }

    /// <summary>The status of the refusal: 403, or 421.</summary>
    public int Status { get; }

    /// <summary>The message of the refusal.</summary>
    public string? Message { get; }

    /// <summary>When the credential ends; null where it has no end.</summary>
    public DateTimeOffset? ExpiresAt { get; }

    /// <summary>Admits a caller.</summary>
    public static AuthorizationResult Allow(LogScope scope, DateTimeOffset? expiresAt = null) => new(scope, 0, null, expiresAt);

    public static AuthorizationResult Refuse(int status, string message) => new(null, status, message);

    [MemberNotNullWhen(true, nameof(Scope))]
    [MemberNotNullWhen(false, nameof(Message))]
    public bool IsAllowed => Scope is not null;
}
