using HoodyLogs.AspNetCore.Capture.Scopes;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore;

/// <summary>
/// Whose exchange it is. Nulls mean unknown; entries of unknown scope are seen by admins only. If an id is longer than 128 characters, or has a control character
/// or half of a surrogate pair, the whole scope is unknown, and the failure is counted.
/// </summary>
/// <param name="ProjectId">The tenant.</param>
/// <param name="ContainerId">The container within the tenant.</param>
/// <param name="ServiceName">The service.</param>
public readonly record struct ExchangeScope(string? ProjectId, string? ContainerId = null, string? ServiceName = null)
{
    /// <summary>Whether the scope comes from a host name, which a client chooses: see <see cref="LogRecord.IsScopeUnverified"/>.</summary>
    internal bool IsUnverified { get; init; }

    /// <summary>
    /// Reads the scope from the host name, <c>{projectId}-{containerId}-{service}-{n}</c> in its first label (decision A6): what
    /// <see cref="CaptureOptions.ScopeFromHost"/> does before <see cref="CaptureOptions.Scope"/> is asked, for delegates that order it otherwise.
    /// Nobody verified the name, and the scope remembers that, also through <c>with</c>: such scopes share half of <c>MaxSeries</c>. A delegate that has
    /// verified it returns a new <see cref="ExchangeScope"/> with the same names.
    /// </summary>
    /// <param name="context">The exchange.</param>
    /// <returns>Null where the name does not parse.</returns>
    public static ExchangeScope? FromHost(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Parse(context.Request.Headers.Host.ToString());
    }

    internal static ExchangeScope? Parse(string host) => HostScopeParser.TryParse(host, out var names)
        ? new ExchangeScope(names.ProjectId, names.ContainerId, names.ServiceName) { IsUnverified = true }
        : null;

    /// <summary>Scopes are equal by their names.</summary>
    /// <param name="other">The other scope.</param>
    public bool Equals(ExchangeScope other) =>
        (ProjectId, ContainerId, ServiceName) == (other.ProjectId, other.ContainerId, other.ServiceName);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(ProjectId, ContainerId, ServiceName);
}
