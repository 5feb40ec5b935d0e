namespace HoodyLogs.AspNetCore;

/// <summary>Switches capture off for the exchanges of an endpoint. It takes precedence over <see cref="ProxyLogsAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class DisableProxyLogsAttribute : Attribute;
