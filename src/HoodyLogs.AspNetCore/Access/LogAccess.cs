using HoodyLogs.AspNetCore.Configuration;
using HoodyLogs.Configuration;
using HoodyLogs.Tenancy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Access;

/// <summary>The rules of decision A1, in their order. A valid reload is in force for the next decision.</summary>
internal sealed class LogAccess : ILogAccess
{
    private const string Invalid = "Logs token missing or invalid";
    private const string TokenHeader = "X-Logs-Token";
    private const string BearerScheme = "Bearer ";

    private readonly ILiveOptions<ProxyLogsOptions> _options;
    private readonly ILogger _logger;
    private readonly bool _isDevelopment;
    private volatile AccessRules _rules;

    public LogAccess(ILiveOptions<ProxyLogsOptions> options, IHostEnvironment environment, ILogger<LogAccess> logger)
    {
        _options = options;
        _logger = logger;
        _isDevelopment = environment.IsDevelopment();
        _rules = Load(options.Current.Access);
    }

    public AccessDecision Decide(HttpContext context)
    {
        var rules = Rules();
        if (_isDevelopment && rules.AreEmpty && LoopbackCaller.Is(context)) return AccessDecision.Allow(LogScope.All);

        var bearer = default(ReadOnlySpan<char>);
        LogScope? admitted;
        if (context.Request.Headers.TryGetValue(TokenHeader, out var header))
        {
            admitted = rules.Tokens.Find(header.ToString());
            if (admitted is null) return Refused;
        }
        else
        {
            bearer = Bearer(context.Request);
            admitted = rules.Tokens.Find(bearer) ?? PrincipalScope.Of(context.User);
            if (admitted is null && !bearer.IsEmpty) return Refused;
        }

        return AtHost(context, rules, admitted);
    }

    private static AccessDecision Refused => AccessDecision.Refuse(StatusCodes.Status403Forbidden, Invalid);

    /// <summary>Whoever is admitted so far, as the host name confines them; else the host's gate and the admin port.</summary>
    private static AccessDecision AtHost(HttpContext context, AccessRules rules, LogScope? admitted)
    {
        LogScope? named = null;
        if (rules.Options.HostScopes)
        {
            if (HostNaming.IsMisdirected(context))
            {
                return AccessDecision.Refuse(StatusCodes.Status421MisdirectedRequest, "The Host header is not the server name of the TLS connection");
            }

            named = HostNaming.ScopeOf(context, rules.Options.TrustHostHeader);
            if (admitted is null && named is not null && rules.Options.HostGate is { } gate && gate(context)) admitted = named;
        }

        if (admitted is null && rules.AdminPorts.Contains(context.Connection.LocalPort)) admitted = LogScope.All;
        if (admitted is null) return Refused;
        return Confine(admitted, named) is { } scope
            ? AccessDecision.Allow(scope)
            : AccessDecision.Refuse(StatusCodes.Status403Forbidden, ScopeNaming.NotPermitted);
    }

    private static LogScope? Confine(LogScope admitted, LogScope? named)
    {
        if (named is null) return admitted;
        if (admitted.IsAll) return named;
        if (admitted.ProjectId != named.ProjectId) return null;
        return admitted.ContainerId is null || admitted.ContainerId == named.ContainerId ? named : null;
    }

    private static ReadOnlySpan<char> Bearer(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString().AsSpan().Trim();
        return authorization.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase) ? authorization[BearerScheme.Length..].Trim() : default;
    }

    /// <summary>Asked for by identity rather than told of changes, so that whoever is told of one decides by the new rules at once.</summary>
    private AccessRules Rules()
    {
        var rules = _rules;
        var options = _options.Current.Access;
        return ReferenceEquals(rules.Options, options) ? rules : _rules = Load(options);
    }

    private AccessRules Load(AccessOptions options)
    {
        var rules = new AccessRules(options);
        if (!rules.AreEmpty) return rules;
        if (_isDevelopment) AccessMessages.LoopbackIsAdmin(_logger);
        else AccessMessages.NobodyMayRead(_logger);
        return rules;
    }
}
