using HoodyLogs.Entries;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>Says whose an exchange is: by its host name where that names a scope (decision A6), else by the host's delegate.</summary>
internal sealed class ScopeOfExchange(CaptureFailures failures)
{
    /// <summary>The longest name that DNS has, with a port.</summary>
    private const int MaxHost = 260;

    private readonly SlotCache<string, ExchangeScope?> _hosts = new();

    /// <summary>Never throws: what cannot be told is unknown.</summary>
    public ExchangeScope Of(Exchange exchange)
    {
        var rules = exchange.Rules;
        try
        {
            if (rules.HostScopes && exchange.Context.Request.Host.Value is { Length: <= MaxHost } host && _hosts.GetOrMake(host, ReadHost) is { } named) return named;
            return rules.Scope is { } scope ? Checked(Normal(scope(exchange.Context))) : default;
        }
#pragma warning disable CA1031 // a host's delegate may throw anything
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failures.Note(exception, "Capture.Scope");
            return default;
        }
    }

    /// <summary>Ids that could be taken for others, or that break lines of logs, name nobody.</summary>
    private ExchangeScope Checked(in ExchangeScope scope)
    {
        if (IsClean(scope.ProjectId) && IsClean(scope.ContainerId) && IsClean(scope.ServiceName)) return scope;
        failures.Note(new ArgumentException("An id has a control character or half of a surrogate pair."), "Capture.Scope");
        return default;
    }

    private static bool IsClean(string? id) => id is null || RecordChecks.IsClean(id);

    /// <summary>An empty id is none.</summary>
    private static ExchangeScope Normal(ExchangeScope scope) => scope with
    {
        ProjectId = string.IsNullOrEmpty(scope.ProjectId) ? null : scope.ProjectId,
        ContainerId = string.IsNullOrEmpty(scope.ContainerId) ? null : scope.ContainerId,
        ServiceName = string.IsNullOrEmpty(scope.ServiceName) ? null : scope.ServiceName,
    };

    private static ExchangeScope? ReadHost(string host) => HostScopeName.TryParse(host, out var scope) ? scope with { IsUnverified = true } : null;
}
