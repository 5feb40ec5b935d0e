using System.Net;
using System.Security.Claims;
using FluentAssertions;
using HoodyLogs.AspNetCore.Tests.Endpoints;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using static HoodyLogs.AspNetCore.Tests.Access.AccessServer;

namespace HoodyLogs.AspNetCore.Tests.Access;

/// <summary>Tests of access without a token: Development, authenticated users and admin ports.</summary>
public sealed class LogAuthorizerTests
{
    [TestCase("Development", null, null, HttpStatusCode.OK)]
    [TestCase("Development", "Host", "localhost", HttpStatusCode.OK)]
    [TestCase("Development", "Host", "[::1]:80", HttpStatusCode.OK)]
    [TestCase("Development", "Host", "127.8.9.1", HttpStatusCode.OK)]
    [TestCase("Development", "Host", "evil.example", HttpStatusCode.Forbidden)]
    [TestCase("Development", "Host", "localhost.evil.example", HttpStatusCode.Forbidden)]
    [TestCase("Development", "X-Forwarded-For", "127.0.0.1", HttpStatusCode.Forbidden)]
    [TestCase("Development", "x-forwarded-proto", "http", HttpStatusCode.Forbidden)]
    [TestCase("Development", "Forwarded", "for=127.0.0.1", HttpStatusCode.Forbidden)]
    [TestCase("Production", null, null, HttpStatusCode.Forbidden)]
    public async Task A1_without_a_rule_Development_trusts_only_this_machine(string environment, string? header, string? value, HttpStatusCode expected)
    {
        await using var server = await LogsApiServer.StartAsync(options => options.Access.Tokens.Clear(), environment);
        (await server.StatusAsync(header is null ? [] : [(header, value!)])).Should().Be(expected);
    }

    [TestCase("Development", LogLevel.Warning, "every caller on this machine can read all proxy logs")]
    [TestCase("Production", LogLevel.Information, "Only authenticated users whose claims name a scope can read the proxy logs")]
    public async Task A1_without_a_rule_the_log_explains_who_may_read(string environment, LogLevel level, string text)
    {
        using var log = new MessageList();
        await using var server = await LogsApiServer.StartAsync(
            options => options.Access.Tokens.Clear(), environment, builder => builder.Logging.AddProvider(log));
        log.Messages.Should().Contain(message => message.Level == level && message.Text.Contains(text));
    }

    [Test]
    public async Task A1_with_any_rule_Development_trusts_nobody()
    {
        await using var server = await LogsApiServer.StartAsync(environment: "Development");
        (await server.StatusAsync()).Should().Be(HttpStatusCode.Forbidden);
        server.Options.Swap(options =>
        {
            options.Access.Tokens.Clear();
            options.Access.AdminPorts.Add(1);
        });
        (await server.StatusAsync()).Should().Be(HttpStatusCode.Forbidden);
    }

    [TestCase("project_id=p1", "", 4)]
    [TestCase("project_id=p1;container_id=c2", "", 2)]
    [TestCase("role=logs-admin", "", 6)]
    [TestCase("project_id=p2", "Bearer the-hosts-own-bearer", 2)]
    [TestCase("project_id=p2", "Bearer " + P1, 4)]
    [TestCase("container_id=c2", "", -1)]
    [TestCase("project_id=p1;project_id=p2", "", -1)]
    [TestCase("project_id=", "", -1)]
    [TestCase("role=admin", "", -1)]
    [TestCase("anonymous;project_id=p1;role=logs-admin", "", -1)]
    public async Task A1_an_authenticated_user_sees_the_scope_of_its_claims(string claims, string authorization, int total)
    {
        await using var server = await StartAsync(map: app =>
        {
            app.Use((context, next) =>
            {
                context.User = Principal(claims);
                return next(context);
            });
            app.MapProxyLogs();
        });
        (string, string)[] headers = authorization.Length == 0 ? [] : [("Authorization", authorization)];
        if (total < 0) (await server.StatusAsync(headers)).Should().Be(HttpStatusCode.Forbidden);
        else (await server.TotalAsync(headers)).Should().Be(total);
    }

    [Test]
    public async Task A1_the_admin_port_is_the_port_of_the_connection_and_an_unknown_bearer_is_denied_before_it()
    {
        await using var server = await StartAsync();
        server.Options.Swap(options => options.Access.AdminPorts.Add(server.Address.Port));
        (await server.TotalAsync()).Should().Be(6);
        (await server.StatusAsync(("Authorization", "Bearer the-hosts-own-bearer"))).Should().Be(HttpStatusCode.Forbidden);
        server.Options.Swap(options => options.Access.AdminPorts.Add(8443));
        (await server.StatusAsync(("Host", "127.0.0.1:8443"))).Should().Be(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task RequireAuthorization_on_the_routes_takes_precedence()
    {
        await using var server = await StartAsync(
            build: builder =>
            {
                builder.Services.AddAuthentication("None").AddScheme<AuthenticationSchemeOptions, HeaderHandler>("None", null);
                builder.Services.AddAuthorization();
            },
            map: app => app.MapProxyLogs().RequireAuthorization());
        foreach (var path in new[] { List, List + "/stats", List + "/nothing", "/v1/tunnels/x/requests" })
        {
            using var response = await server.Client.GetAsync(new Uri(path, UriKind.Relative));
            response.StatusCode.Should().Be(HttpStatusCode.Unauthorized, path);
        }

        (await server.TotalAsync(("X-User", "p2"))).Should().Be(2, "whom the host authenticates sees what its claims name");
        (await server.TotalAsync(("X-User", "p2"), ("X-Logs-Token", P1))).Should().Be(4, "a token comes first");
    }

    private static ClaimsPrincipal Principal(string claims)
    {
        var parts = claims.Split(';');
        var identity = new ClaimsIdentity(parts.Contains("anonymous") ? null : "tests", ClaimTypes.Name, "role");
        foreach (var part in parts.Select(part => part.Split('=')).Where(part => part.Length == 2)) identity.AddClaim(new Claim(part[0], part[1]));
        return new ClaimsPrincipal(identity);
    }

    private sealed class HeaderHandler(
        Microsoft.Extensions.Options.IOptionsMonitor<AuthenticationSchemeOptions> options, Microsoft.Extensions.Logging.ILoggerFactory logger,
        System.Text.Encodings.Web.UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            Request.Headers["X-User"].ToString() is { Length: > 0 } project
                ? AuthenticateResult.Success(new AuthenticationTicket(Principal($"project_id={project}"), Scheme.Name))
                : AuthenticateResult.NoResult());
    }
}
