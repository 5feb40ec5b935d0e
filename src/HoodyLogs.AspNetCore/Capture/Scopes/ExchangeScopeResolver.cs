using HoodyLogs.AspNetCore.Capture.Data;
using HoodyLogs.AspNetCore.Capture.Diagnostics;
using HoodyLogs.Entries;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture.Scopes;

/// <summary>Resolves the scope of an exchange by its host name, or else by the delegate of the host.</summary>
internal sealed class ExchangeScopeResolver(CaptureFailures failures)
{
    /// <summary>The longest DNS name, with a port.</summary>
    private const int MaxHostLength = 260;

    private readonly DirectMappedCache<string, ResolvedScope?> _hosts = new();
    private readonly DirectMappedCache<ExchangeScope, ResolvedScope> _shared = new();

    /// <summary>Resolves a scope. Does not throw: the scope is unknown after a failure.</summary>
    /// <param name="context">The context of the exchange.</param>
    /// <param name="rules">The rules of the exchange.</param>
    /// <param name="countsFailure">Whether a failure of the delegate is counted.</param>
    public ExchangeScope Resolve(HttpContext context, in ScopeRules rules, bool countsFailure = true)
    {
        try
        {
            if (FromHost(context, rules) is { } named) return named.Scope;
            return rules.Resolve is { } resolve ? Validate(Normalize(resolve(context))) : default;
        }
#pragma warning disable CA1031 // a delegate of the host may throw anything
        catch (Exception exception)
#pragma warning restore CA1031
        {
            if (countsFailure) failures.Report(exception, "Capture.Scope");
            return default;
        }
    }

    /// <summary>Returns the scope that the host name contains; null if it contains none.</summary>
    /// <remarks>Reads the header, because <see cref="HttpRequest.Host"/> throws for an invalid internationalized name.</remarks>
    public ResolvedScope? FromHost(HttpContext context, in ScopeRules rules) =>
        rules.FromHost && (string?)context.Request.Headers.Host is { Length: <= MaxHostLength } host ? _hosts.GetOrCreate(host, ReadHost) : null;

    /// <summary>Returns an object that exchanges of the same scope share; null if the scope has no project.</summary>
    public ResolvedScope? Share(in ExchangeScope scope) =>
        scope.ProjectId is null ? null : _shared.GetOrCreate(scope, static scope => new ResolvedScope(scope));

    /// <summary>Rejects ids that look like other ids or that break lines of logs.</summary>
    private ExchangeScope Validate(in ExchangeScope scope)
    {
        if (IsClean(scope.ProjectId) && IsClean(scope.ContainerId) && IsClean(scope.ServiceName)) return scope;
        failures.Report(new ArgumentException("An id has a control character or an unpaired surrogate."), "Capture.Scope");
        return default;
    }

    private static bool IsClean(string? id) => id is null || RecordValidation.IsClean(id);

    /// <summary>Replaces empty ids by null.</summary>
    private static ExchangeScope Normalize(ExchangeScope scope) => scope with
    {
        ProjectId = string.IsNullOrEmpty(scope.ProjectId) ? null : scope.ProjectId,
        ContainerId = string.IsNullOrEmpty(scope.ContainerId) ? null : scope.ContainerId,
        ServiceName = string.IsNullOrEmpty(scope.ServiceName) ? null : scope.ServiceName,
    };

    private static ResolvedScope? ReadHost(string host) =>
        ExchangeScope.Parse(host) is { } scope ? new ResolvedScope(scope) : null;
}
