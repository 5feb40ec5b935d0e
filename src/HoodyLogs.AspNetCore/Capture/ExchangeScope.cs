using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>Whose exchange it is. Nulls mean unknown; entries of unknown scope are seen by admins only.</summary>
/// <param name="ProjectId">The tenant.</param>
/// <param name="ContainerId">The container within the tenant.</param>
/// <param name="ServiceName">The service.</param>
public readonly record struct ExchangeScope(string? ProjectId, string? ContainerId = null, string? ServiceName = null)
{
    /// <summary>
    /// Reads the scope from the host name, <c>{projectId}-{containerId}-{service}-{n}</c> in its first label (decision A6): what
    /// <see cref="CaptureOptions.HostScopes"/> does before <see cref="CaptureOptions.Scope"/> is asked, for delegates that order it otherwise.
    /// </summary>
    /// <param name="context">The exchange.</param>
    /// <returns>Null where the name does not parse.</returns>
    public static ExchangeScope? FromHost(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return HostScopeName.TryParse(context.Request.Host.Value, out var scope) ? scope : null;
    }
}
