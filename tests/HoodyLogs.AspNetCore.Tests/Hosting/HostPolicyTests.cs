using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Threading.RateLimiting;
using FluentAssertions;
using HoodyLogs.AspNetCore.Tests.Access;
using HoodyLogs.AspNetCore.Tests.Endpoints;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NUnit.Framework;
using static HoodyLogs.AspNetCore.Tests.Access.AccessServer;

namespace HoodyLogs.AspNetCore.Tests.Hosting;

/// <summary>Authorization, CORS, rate limits, prefixes and caches of the host.</summary>
public sealed class HostPolicyTests
{
    private const string Page = "https://page.example";
    private const string TunnelPath = "/v1/tunnels/550e8400-e29b-41d4-a716-446655440000/requests";

    [Test]
    public async Task A7_a_fallback_policy_does_not_lock_out_callers_with_a_token([Values] bool inGroup)
    {
        await using var server = await AuthorizingAsync(app => (inGroup ? (IEndpointRouteBuilder)app.MapGroup("") : app).MapProxyLogs());
        (await server.TotalAsync(("X-Logs-Token", P1))).Should().Be(4);
        (await server.TotalAsync(("X-User", "p2"))).Should().Be(2);
        (await server.StatusAsync()).Should().Be(HttpStatusCode.Forbidden);
        (await server.SendAsync("/own")).Status.Should().Be(HttpStatusCode.Unauthorized, "the fallback policy holds for the host's own routes");
    }

    [TestCase("builder")]
    [TestCase("group")]
    [TestCase("policy")]
    [TestCase("requirement")]
    public async Task A7_the_authorization_of_the_host_applies_to_the_routes(string way)
    {
        await using var server = await AuthorizingAsync(app =>
        {
            var signedIn = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build();
            IEndpointRouteBuilder routes = way == "group" ? app.MapGroup("").RequireAuthorization() : app;
            var logs = routes.MapProxyLogs();
            if (way == "builder") logs.RequireAuthorization();
            if (way == "policy") logs.WithMetadata(signedIn);
            if (way == "requirement") logs.WithMetadata(new SignedIn());
        });
        foreach (var path in new[] { List, List + "/stats", List + "/stream", List + "/1", List + "/nothing", TunnelPath })
        {
            (await server.SendAsync(path, ("X-Logs-Token", P1))).Status.Should().Be(HttpStatusCode.Unauthorized, path);
        }

        (await server.TotalAsync(("X-User", "p2"), ("X-Logs-Token", P1))).Should().Be(4);
    }

    [Test]
    public async Task A7_AllowAnonymous_overrides_the_authorization_of_its_group()
    {
        await using var server = await AuthorizingAsync(app => app.MapGroup("").RequireAuthorization().MapProxyLogs().AllowAnonymous());
        (await server.TotalAsync(("X-Logs-Token", P1))).Should().Be(4);
    }

    [TestCase("default", Place.BeforeRouting)]
    [TestCase("default", Place.AfterRouting)]
    [TestCase("named", Place.BeforeRouting)]
    [TestCase("named", Place.AfterRouting)]
    [TestCase("required", Place.AfterRouting)]
    public async Task A7_CORS_follows_the_configuration_of_the_host_also_for_errors(string way, Place place)
    {
        await using var server = await StartAsync(
            options => options.Limits.ReadsPerMinute = 1,
            builder => builder.Services.AddCors(options =>
            {
                if (way == "default") options.AddDefaultPolicy(policy => policy.WithOrigins(Page).AllowAnyHeader());
                options.AddPolicy("logs", policy => policy.WithOrigins(Page).AllowAnyHeader());
            }),
            app =>
            {
                app.Put(place, host => _ = way == "named" ? host.UseCors("logs") : host.UseCors());
                var logs = app.MapProxyLogs();
                if (way == "required") logs.RequireCors("logs");
            });
        (await AskAsync("GET", List, P1)).Should().Be((HttpStatusCode.OK, Page));
        (await AskAsync("GET", List, P1)).Should().Be((HttpStatusCode.TooManyRequests, Page));
        (await AskAsync("GET", List, "no-such-token-at-all")).Should().Be((HttpStatusCode.Forbidden, Page));
        (await AskAsync("GET", List + "/stream", null)).Should().Be((HttpStatusCode.Forbidden, Page));
        (await AskAsync("POST", List, P1)).Should().Be((HttpStatusCode.MethodNotAllowed, Page));
        (await AskAsync("GET", List + "/nothing", P1)).Should().Be((HttpStatusCode.NotFound, Page));
        (await AskAsync("GET", TunnelPath, null)).Should().Be((HttpStatusCode.Unauthorized, Page));
        foreach (var path in new[] { List, List + "/stream", List + "/stats", List + "/1", TunnelPath })
        {
            (await AskAsync("OPTIONS", path, null)).Should().Be((HttpStatusCode.NoContent, Page), path);
            (await AskAsync("OPTIONS", path, null, "https://other.example")).Item2.Should().BeNull(path);
        }

        async Task<(HttpStatusCode, string?)> AskAsync(string method, string path, string? token, string origin = Page)
        {
            using var client = server.Stranger();
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Headers = { { "Origin", origin } } };
            if (token is not null) request.Headers.Add("X-Logs-Token", token);
            if (method == "OPTIONS") request.Headers.Add("Access-Control-Request-Method", "GET");
            if (method == "OPTIONS") request.Headers.Add("Access-Control-Request-Headers", "x-logs-token");
            using var response = await client.SendAsync(request);
            return (response.StatusCode, response.Headers.TryGetValues("Access-Control-Allow-Origin", out var allowed) ? allowed.Single() : null);
        }
    }

    [Test]
    public async Task A7_response_caching_stores_nothing([Values] Place place)
    {
        await using var server = await StartAsync(
            build: builder => builder.Services.AddResponseCaching(), map: app => app.Put(place, host => host.UseResponseCaching()).MapProxyLogs());
        (await server.TotalAsync(("X-Logs-Token", P1))).Should().Be(4);
        (await server.TotalAsync(("X-Logs-Token", P2))).Should().Be(2);
        (await server.StatusAsync()).Should().Be(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task Rate_limits_of_the_host_apply_and_do_not_end_an_open_stream()
    {
        await using var server = await StartAsync(
            build: builder => builder.Services.AddRateLimiter(options => options.AddPolicy(
                "two", _ => RateLimitPartition.GetFixedWindowLimiter("", _ => new FixedWindowRateLimiterOptions { PermitLimit = 2, Window = TimeSpan.FromHours(1) }))),
            map: app =>
            {
                app.UseRouting();
                app.UseRateLimiter();
                app.MapProxyLogs().RequireRateLimiting("two");
            });
        await using var tail = await StreamClient.OpenAsync(server.Address, token: P1);
        (await server.StatusAsync(("X-Logs-Token", P1))).Should().Be(HttpStatusCode.OK);
        (await server.StatusAsync(("X-Logs-Token", P1))).Should().Be(HttpStatusCode.ServiceUnavailable, "this is the host's own answer");
        (await tail.TextAsync(1)).Should().StartWith("retry: 3000\nid:");
    }

    [TestCase("/base")]
    [TestCase("/stripped")]
    [TestCase("/group")]
    [TestCase("")]
    public async Task U4_the_link_works_with_every_prefix(string prefix)
    {
        await using var server = await StartAsync(map: app =>
        {
            if (prefix == "/base") app.UsePathBase(prefix);
            if (prefix == "/stripped")
            {
                app.Use((context, next) =>
                {
                    context.Request.Path = context.Request.Path.Value!.Replace(prefix, "", StringComparison.Ordinal);
                    return next(context);
                });
            }

            app.UseRouting();
            (prefix == "/group" ? (IEndpointRouteBuilder)app.MapGroup(prefix) : app).MapProxyLogs();
        });
        await server.AppendAsync([.. Enumerable.Range(0, 5).Select(_ => HoodyLogs.TestSupport.Some.Exchange(container: "550e8400-e29b-41d4-a716-446655440000"))]);
        var (page, shown) = (new Uri(server.Address, prefix + TunnelPath + "?limit=2&after=2020-01-01"), 0);
        for (var pages = 0; page is not null; pages++)
        {
            pages.Should().BeLessThan(4);
            using var response = await server.Client.GetAsync(page);
            response.StatusCode.Should().Be(HttpStatusCode.OK);
            shown += System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetArrayLength();
            page = response.Headers.TryGetValues("Link", out var links) ? new Uri(page, links.Single().Split('<', '>')[1]) : null;
        }

        shown.Should().Be(5);
    }

    [Test]
    public async Task Mapping_twice_serves_both_prefixes()
    {
        await using var server = await StartAsync(map: app =>
        {
            app.MapProxyLogs();
            app.MapGroup("/ops").WithMetadata("a convention").MapProxyLogs("");
        });
        foreach (var path in new[] { List, "/ops/_logs" })
        {
            (await server.SendAsync(path, ("X-Logs-Token", P1))).Status.Should().Be(HttpStatusCode.OK, path);
            (await server.SendAsync(path)).Status.Should().Be(HttpStatusCode.Forbidden, path);
        }
    }

    private static Task<LogsApiServer> AuthorizingAsync(Action<WebApplication> map) => StartAsync(
        build: builder =>
        {
            builder.Services.AddAuthentication("Header").AddScheme<AuthenticationSchemeOptions, HeaderHandler>("Header", null);
            builder.Services.AddAuthorization(options => options.FallbackPolicy = options.DefaultPolicy);
        },
        map: app =>
        {
            app.MapGet("/own", () => "own");
            map(app);
        });

    private sealed class SignedIn : IAuthorizationRequirementData
    {
        public IEnumerable<IAuthorizationRequirement> GetRequirements() =>
            [new Microsoft.AspNetCore.Authorization.Infrastructure.DenyAnonymousAuthorizationRequirement()];
    }

    private sealed class HeaderHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            Request.Headers["X-User"].ToString() is { Length: > 0 } project
                ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim("project_id", project)], "tests")), Scheme.Name))
                : AuthenticateResult.NoResult());
    }
}
