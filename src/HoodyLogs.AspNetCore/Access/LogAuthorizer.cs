using HoodyLogs.AspNetCore.Access.Callers;
using HoodyLogs.AspNetCore.Access.Options;
using HoodyLogs.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace HoodyLogs.AspNetCore.Access;

/// <summary>The rules of decision A1, in their order. A valid reload is in force for the next decision.</summary>
internal sealed class LogAuthorizer : ILogAuthorizer
{
    /// <summary>The header that carries a token.</summary>
    public const string TokenHeader = "X-Logs-Token";

    private const string Invalid = "Logs token missing or invalid";
    private const string BearerScheme = "Bearer ";

    private readonly ILastGoodOptions<IAccessSettings> _options;
    private readonly ILogger _logger;
    private readonly bool _isDevelopment;
    private volatile AccessRules _rules;

    public LogAuthorizer(ILastGoodOptions<IAccessSettings> options, IHostEnvironment environment, ILogger<LogAuthorizer> logger)
    {
        _options = options;
        _logger = logger;
        _isDevelopment = environment.IsDevelopment();
        _rules = Load(options.Current.Access);
    }

    public AuthorizationResult Authorize(HttpContext context)
    {
        var rules = Rules();
        var headers = context.Request.Headers;
        if (headers.TryGetValue(TokenHeader, out var token))
        {
            // A header that is given twice names no token: a server in between may have read the other one.
            return token.Count == 1 && rules.Tokens.Find(token[0]) is { } scope ? AtHost(context, rules, scope) : Refused;
        }

        var isBearer = TryBearer(headers.Authorization, out var bearer);
        if (rules.Tokens.Find(bearer) is { } known) return AtHost(context, rules, known);
        if (PrincipalScope.Of(context.User, rules.Options) is { } principal) return AtHost(context, rules, principal, TicketExpiry.Of(context));
        if (isBearer) return Refused;
        if (headers.Authorization.Count == 0 && IsDeveloper(context, rules)) return AuthorizationResult.Allow(LogScope.All);
        return AtHost(context, rules, null);
    }

    private static AuthorizationResult Refused => Forbidden(Invalid);

    private static AuthorizationResult Forbidden(string message) => AuthorizationResult.Refuse(StatusCodes.Status403Forbidden, message);

    /// <summary>Whether this is Development without a rule, and the caller is on this machine or in this process.</summary>
    private bool IsDeveloper(HttpContext context, AccessRules rules)
    {
        if (!_isDevelopment || !rules.AreEmpty || ForwardedRequest.Is(context)) return false;
        if (ServerConnection.IsLoopback(context)) return HostNames.IsLoopback(HostNames.Of(context.Request));
        return rules.Options.AllowInMemory && ServerConnection.IsInMemory(context);
    }

    /// <summary>A caller who is admitted so far, as the host name confines them; else the host's gate and the admin port.</summary>
    private static AuthorizationResult AtHost(HttpContext context, AccessRules rules, LogScope? admitted, DateTimeOffset? expiresAt = null)
    {
        LogScope? named = null;
        if (rules.Options.RestrictByHost)
        {
            if (RequestHost.IsMisdirected(context))
            {
                return AuthorizationResult.Refuse(StatusCodes.Status421MisdirectedRequest, "The Host header is not the server name of the TLS connection");
            }

            named = RequestHost.ScopeOf(context, rules.Options.TrustHostHeader);
            if (admitted is null && named is not null && rules.Options.HostGate is { } gate && gate(context)) admitted = named;
        }

        if (admitted is null)
        {
            if (ServerConnection.LocalPort(context) is not { } port || !rules.AdminPorts.Contains(port)) return Refused;
            if (!AdminPortGuard.IsPermitted(context, rules)) return Forbidden(AdminPortGuard.UnknownHost);
            admitted = LogScope.All;
        }

        return Confine(admitted, named) is { } scope ? AuthorizationResult.Allow(scope, expiresAt) : Forbidden(RequestedScope.NotPermitted);
    }

    private static LogScope? Confine(LogScope admitted, LogScope? named)
    {
        if (named is null) return admitted;
        if (admitted.IsAll) return named;
        if (admitted.ProjectId != named.ProjectId) return null;
        return admitted.ContainerId is null || admitted.ContainerId == named.ContainerId ? named : null;
    }

    /// <summary>Whether the caller sends a Bearer token; if it is ambiguous, the token is empty.</summary>
    private static bool TryBearer(StringValues authorization, out ReadOnlySpan<char> token)
    {
        token = default;
        if (authorization.Count > 1) return true;
        var value = authorization.ToString().AsSpan().Trim();
        if (!value.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase)) return false;
        token = value[BearerScheme.Length..].Trim();
        return true;
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
