namespace HoodyLogs.AspNetCore.Capture;

/// <summary>Says whose an exchange is: by its host name where that names a scope (decision A6), else by the host's delegate.</summary>
internal sealed class ScopeOfExchange(CaptureFailures failures)
{
    private readonly SlotCache<string, ExchangeScope?> _hosts = new();

    public ExchangeScope Of(Exchange exchange)
    {
        var rules = exchange.Rules;
        if (rules.HostScopes && exchange.Context.Request.Host.Value is { } host && _hosts.GetOrMake(host, ReadHost) is { } named) return named;
        if (rules.Scope is not { } scope) return default;
        try
        {
            return Normal(scope(exchange.Context));
        }
#pragma warning disable CA1031 // a host's delegate may throw anything
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failures.Note(exception, "Capture.Scope");
            return default;
        }
    }

    /// <summary>An empty id is none.</summary>
    private static ExchangeScope Normal(ExchangeScope scope) => scope with
    {
        ProjectId = string.IsNullOrEmpty(scope.ProjectId) ? null : scope.ProjectId,
        ContainerId = string.IsNullOrEmpty(scope.ContainerId) ? null : scope.ContainerId,
        ServiceName = string.IsNullOrEmpty(scope.ServiceName) ? null : scope.ServiceName,
    };

    private static ExchangeScope? ReadHost(string host) => HostScopeName.TryParse(host, out var scope) ? scope with { IsUnverified = true } : null;
}
