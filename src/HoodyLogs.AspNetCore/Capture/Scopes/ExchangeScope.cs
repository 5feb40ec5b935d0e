using HoodyLogs.AspNetCore.Capture.Scopes;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore;

/// <summary>
/// The project, container and service that an exchange belongs to. Null means unknown. Only admins can read entries without a project. If an id is longer than
/// 128 characters, or has a control character or an unpaired surrogate, the whole scope is unknown and the failure is counted.
/// </summary>
/// <param name="ProjectId">The project.</param>
/// <param name="ContainerId">The container of the project.</param>
/// <param name="ServiceName">The service.</param>
public readonly record struct ExchangeScope(string? ProjectId, string? ContainerId = null, string? ServiceName = null)
{
    /// <summary>Whether the scope comes from a host name, which the client chooses. See <see cref="LogRecord.IsScopeUnverified"/>.</summary>
    internal bool IsUnverified { get; init; }

    /// <summary>
    /// Reads the scope from the host name: its first label is <c>{projectId}-{containerId}-{service}-{n}</c>. A delegate for
    /// <see cref="CaptureOptions.Scope"/> can use this instead of <see cref="CaptureOptions.ScopeFromHost"/>.
    /// </summary>
    /// <remarks>
    /// The client chooses the host name, so the scope is unverified, also after <c>with</c>. Unverified scopes share half of <c>MaxSeries</c>. A delegate that
    /// verifies the scope returns a new <see cref="ExchangeScope"/> with the same names.
    /// </remarks>
    /// <param name="context">The context of the exchange.</param>
    /// <returns>The scope; null if the host name contains no scope.</returns>
    public static ExchangeScope? FromHost(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Parse(context.Request.Headers.Host.ToString());
    }

    internal static ExchangeScope? Parse(string host) => HostScopeParser.TryParse(host, out var names)
        ? new ExchangeScope(names.ProjectId, names.ContainerId, names.ServiceName) { IsUnverified = true }
        : null;

    /// <summary>Returns whether two scopes have the same names.</summary>
    /// <param name="other">The other scope.</param>
    public bool Equals(ExchangeScope other) =>
        (ProjectId, ContainerId, ServiceName) == (other.ProjectId, other.ContainerId, other.ServiceName);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(ProjectId, ContainerId, ServiceName);
}
