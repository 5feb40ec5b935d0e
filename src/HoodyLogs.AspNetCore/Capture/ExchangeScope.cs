namespace HoodyLogs.AspNetCore.Capture;

/// <summary>Whose exchange it is. Nulls mean unknown; entries of unknown scope are seen by admins only.</summary>
/// <param name="ProjectId">The tenant.</param>
/// <param name="ContainerId">The container within the tenant.</param>
/// <param name="ServiceName">The service.</param>
public readonly record struct ExchangeScope(string? ProjectId, string? ContainerId = null, string? ServiceName = null);
