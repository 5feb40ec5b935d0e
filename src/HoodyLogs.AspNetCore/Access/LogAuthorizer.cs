using HoodyLogs.AspNetCore.Access.Callers;
using HoodyLogs.AspNetCore.Access.Options;
using HoodyLogs.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace HoodyLogs.AspNetCore.Access;

/// <summary>Checks the token, the authenticated user, the host name and the admin port, in this order. A reload of the options applies to the next request.</summary>
internal sealed class LogAuthorizer : ILogAuthorizer
{
    /// <summary>The request header that contains a token.</summary>
    public const string TokenHeader = "X-Logs-Token";

    private const string InvalidToken = "Logs token missing or invalid";
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
        _rules = CreateRules(options.Current.Access);
    }

    public AuthorizationResult Authorize(HttpContext context)
    {
        var rules = GetRules();
        var headers = context.Request.Headers;
        if (headers.TryGetValue(TokenHeader, out var token))
        {
            // Two headers are invalid, because a server in between may have checked the other one.
            return token.Count == 1 && rules.Tokens.Find(token[0]) is { } scope ? ApplyHostRules(context, rules, scope) : Denied;
        }

        var isBearer = TryGetBearerToken(headers.Authorization, out var bearer);
        if (rules.Tokens.Find(bearer) is { } known) return ApplyHostRules(context, rules, known);
        if (PrincipalScope.GetScope(context.User, rules.Options) is { } principal) return ApplyHostRules(context, rules, principal, TicketExpiry.GetExpiry(context));
        if (isBearer) return Denied;
        if (headers.Authorization.Count == 0 && IsLocalDeveloper(context, rules)) return AuthorizationResult.Allow(LogScope.All);
        return ApplyHostRules(context, rules, null);
    }

    private static AuthorizationResult Denied => Forbid(InvalidToken);

    private static AuthorizationResult Forbid(string message) => AuthorizationResult.Deny(StatusCodes.Status403Forbidden, message);

    /// <summary>Returns whether the environment is Development, no rule is configured, and the caller is on this machine or in this process.</summary>
    private bool IsLocalDeveloper(HttpContext context, AccessRules rules)
    {
        if (!_isDevelopment || !rules.IsEmpty || ForwardedRequest.IsForwarded(context)) return false;
        if (ServerConnection.IsLoopback(context)) return HostNames.IsLoopback(HostNames.GetHost(context.Request));
        return rules.Options.AllowInMemory && ServerConnection.IsInMemory(context);
    }

    /// <summary>Restricts an authorized caller to the scope of the host name. Authorizes other callers by the host gate or the admin port.</summary>
    private static AuthorizationResult ApplyHostRules(HttpContext context, AccessRules rules, LogScope? authorized, DateTimeOffset? expiresAt = null)
    {
        LogScope? hostScope = null;
        if (rules.Options.RestrictByHost)
        {
            if (RequestHost.IsMisdirected(context))
            {
                return AuthorizationResult.Deny(StatusCodes.Status421MisdirectedRequest, "The Host header is not the server name of the TLS connection");
            }

            hostScope = RequestHost.GetScope(context, rules.Options.TrustHostHeader);
            if (authorized is null && hostScope is not null && rules.Options.HostGate is { } gate && gate(context)) authorized = hostScope;
        }

        if (authorized is null)
        {
            if (ServerConnection.GetLocalPort(context) is not { } port || !rules.AdminPorts.Contains(port)) return Denied;
            if (!AdminPortGuard.IsAllowed(context, rules.AdminHosts)) return Forbid(AdminPortGuard.UnknownHostMessage);
            authorized = LogScope.All;
        }

        return RestrictToHost(authorized, hostScope) is { } scope ? AuthorizationResult.Allow(scope, expiresAt) : Forbid(AuthorizationResult.ScopeNotPermitted);
    }

    private static LogScope? RestrictToHost(LogScope authorized, LogScope? hostScope)
    {
        if (hostScope is null) return authorized;
        if (authorized.IsAll) return hostScope;
        if (authorized.ProjectId != hostScope.ProjectId) return null;
        return authorized.ContainerId is null || authorized.ContainerId == hostScope.ContainerId ? hostScope : null;
    }

    /// <summary>Returns whether the request has a bearer token. The token is empty if there is more than one header.</summary>
    private static bool TryGetBearerToken(StringValues authorization, out ReadOnlySpan<char> token)
    {
        token = default;
        if (authorization.Count > 1) return true;
        var value = authorization.ToString().AsSpan().Trim();
        if (!value.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase)) return false;
        token = value[BearerScheme.Length..].Trim();
        return true;
    }

    /// <summary>
    /// Gets the rules of the current options. It compares the options instead of subscribing to changes, so that subscribers of a change already get the
    /// new rules.
    /// </summary>
    private AccessRules GetRules()
    {
        var rules = _rules;
        var options = _options.Current.Access;
        return ReferenceEquals(rules.Options, options) ? rules : _rules = CreateRules(options);
    }

    private AccessRules CreateRules(AccessOptions options)
    {
        var rules = new AccessRules(options);
        if (!rules.IsEmpty) return rules;
        if (_isDevelopment) AccessMessages.LoopbackIsAdmin(_logger);
        else AccessMessages.NobodyMayRead(_logger);
        return rules;
    }
}
