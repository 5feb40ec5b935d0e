using HoodyLogs.AspNetCore.Capture.Data;
using HoodyLogs.AspNetCore.Capture.Exchanges;
using HoodyLogs.AspNetCore.Capture.Policies;
using HoodyLogs.Entries;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture.Scopes;

/// <summary>Says whose an exchange is: by its host name where that names a scope (decision A6), else by the host's delegate.</summary>
internal sealed class ExchangeScopeResolver(CaptureFailures failures)
{
    /// <summary>The longest name that DNS has, with a port.</summary>
    private const int MaxHost = 260;

    private readonly DirectMappedCache<string, ResolvedScope?> _hosts = new();
    private readonly DirectMappedCache<ExchangeScope, ResolvedScope> _known = new();

    /// <summary>Never throws: what cannot be told is unknown.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="countsFailure">Whether a failure of the host's delegate is counted.</param>
    public ExchangeScope Of(Exchange exchange, bool countsFailure = true)
    {
        var rules = exchange.Rules;
        try
        {
            if (OfHost(rules, exchange.Context) is { } named) return named.Scope;
            return rules.Scope is { } scope ? Checked(Normal(scope(exchange.Context))) : default;
        }
#pragma warning disable CA1031 // a host's delegate may throw anything
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (countsFailure) failures.Note(exception, "Capture.Scope");
            return default;
        }
    }

    /// <summary>The scope that the host name names; null where it names none.</summary>
    /// <remarks>Reads the header: <see cref="HttpRequest.Host"/> throws for a host that looks like an internationalized name and is none.</remarks>
    public ResolvedScope? OfHost(CapturePolicy rules, HttpContext context) =>
        rules.HostScopes && (string?)context.Request.Headers.Host is { Length: <= MaxHost } host ? _hosts.GetOrMake(host, ReadHost) : null;

    /// <summary>A scope with a project as an object, which exchanges of the same scope share; null where there is no project.</summary>
    public ResolvedScope? Known(in ExchangeScope scope) =>
        scope.ProjectId is null ? null : _known.GetOrMake(scope, static scope => new ResolvedScope(scope));

    /// <summary>Ids that could be taken for others, or that break lines of logs, name nobody.</summary>
    private ExchangeScope Checked(in ExchangeScope scope)
    {
        if (IsClean(scope.ProjectId) && IsClean(scope.ContainerId) && IsClean(scope.ServiceName)) return scope;
        failures.Note(new ArgumentException("An id has a control character or half of a surrogate pair."), "Capture.Scope");
        return default;
    }

    private static bool IsClean(string? id) => id is null || RecordValidation.IsClean(id);

    /// <summary>An empty id is none.</summary>
    private static ExchangeScope Normal(ExchangeScope scope) => scope with
    {
        ProjectId = string.IsNullOrEmpty(scope.ProjectId) ? null : scope.ProjectId,
        ContainerId = string.IsNullOrEmpty(scope.ContainerId) ? null : scope.ContainerId,
        ServiceName = string.IsNullOrEmpty(scope.ServiceName) ? null : scope.ServiceName,
    };

    private static ResolvedScope? ReadHost(string host) =>
        HostScopeParser.TryParse(host, out var scope) ? new ResolvedScope(scope with { IsUnverified = true }) : null;
}
