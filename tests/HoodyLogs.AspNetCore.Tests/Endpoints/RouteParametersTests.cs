using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using FluentAssertions;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>An unknown parameter is 400 on every route.</summary>
public sealed partial class RouteParametersTests
{
    private const string Id = "550e8400-e29b-41d4-a716-446655440000";
    private const string List = "/api/proxy-logs/_logs";
    private LogsApiServer _server = null!;

    [OneTimeSetUp]
    public async Task Start() => _server = await LogsApiServer.StartAsync(
        options => options.Access.Tokens.Add(new() { Token = "the-token-of-the-tunnel", ProjectId = "p1", ContainerId = Id }));

    [OneTimeTearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [Test]
    public async Task L7_every_route_rejects_an_unknown_parameter()
    {
        var routes = Routes();
        routes.Should().HaveCountGreaterThan(5);
        foreach (var route in routes)
        {
            foreach (var method in new[] { "GET", "HEAD" })
            {
                foreach (var query in new[] { "surely_unknown=1", "surely_unknown=", "surely_unknown", "=1", "limit%5B%5D=1" })
                {
                    var (status, body) = await SendAsync($"{PathOf(route)}?{query}", method);
                    status.Should().Be(HttpStatusCode.BadRequest, $"{method} {PathOf(route)}?{query}");
                    if (method == "GET") body.Should().Contain(" is not known here; ");
                }
            }
        }
    }

    [Test]
    public async Task L7_every_route_accepts_exactly_the_parameters_of_its_description()
    {
        var routes = Routes();
        var all = routes.SelectMany(ParametersOf).ToHashSet();
        all.Should().HaveCountGreaterThan(20);
        foreach (var route in routes)
        {
            var own = ParametersOf(route).ToHashSet();
            foreach (var name in all)
            {
                var (status, body) = await SendAsync($"{PathOf(route)}?{name}=", "HEAD");
                status.Should().Be(own.Contains(name) ? Accepted(route) : HttpStatusCode.BadRequest, $"{PathOf(route)}?{name}= {body}");
            }
        }
    }

    [Test]
    public async Task L7_names_that_begin_with_an_underscore_are_ignored_on_every_route()
    {
        foreach (var route in Routes())
        {
            (await SendAsync($"{PathOf(route)}?_=1764547200000&_x=&__proto__=1", "HEAD")).Status.Should().Be(Accepted(route), PathOf(route));
        }
    }

    [TestCase("statusCode=500", "did you mean status?")]
    [TestCase("since=1h", "did you mean from?")]
    [TestCase("until=now", "did you mean to?")]
    [TestCase("path=/x", "did you mean q?")]
    [TestCase("search=x", "did you mean q?")]
    [TestCase("page=2", "did you mean offset?")]
    [TestCase("sort=desc", "did you mean order?")]
    [TestCase("levels=error", "did you mean level?")]
    [TestCase("levle=error", "did you mean level?")]
    [TestCase("project=globex", "did you mean projectId?")]
    [TestCase("project_id=globex", "did you mean projectId?")]
    [TestCase("container=x", "did you mean containerId?")]
    [TestCase("service=x", "did you mean serviceName?")]
    [TestCase("ofset=2", "did you mean offset?")]
    [TestCase("includeBody=true", "did you mean includeRequestBody?")]
    [TestCase("level[]=error", "did you mean level?")]
    [TestCase("tail=5", "did you mean last?")]
    [TestCase("pageSize=5", "did you mean limit?")]
    public async Task L7_the_message_names_the_nearest_parameter_of_the_list(string query, string suggestion)
    {
        var (status, body) = await SendAsync($"{List}?{query}");
        status.Should().Be(HttpStatusCode.BadRequest);
        Message(body).Should().Be($"Parameter '{query.Split('=')[0]}' is not known here; {suggestion}");
    }

    [TestCase(List + "/stats?since=1h", "Parameter 'since' is not known here; allowed are level, kind, source, method, serviceName, projectId, containerId.")]
    [TestCase(List + "/stats?from=1", "Parameter 'from' is not known here; allowed are level, kind, source, method, serviceName, projectId, containerId.")]
    [TestCase(List + "/stream?last=5", "Parameter 'last' is not known here; did you mean tail?")]
    [TestCase(List + "/stream?Last-Event-ID=4", "Parameter 'Last-Event-ID' is not known here; did you mean lastEventId?")]
    [TestCase(List + "/1?includeRequestBody=true", "Parameter 'includeRequestBody' is not known here; this route takes none.")]
    [TestCase(List + "/open?status=500", "Parameter 'status' is not known here; allowed are level, kind, source, method, serviceName, projectId, containerId, traceId, from, to, q, limit.")]
    public async Task L7_the_suggestion_is_a_parameter_of_the_same_route(string path, string message)
    {
        var (status, body) = await SendAsync(path);
        status.Should().Be(HttpStatusCode.BadRequest);
        Message(body).Should().Be(message);
    }

    [Test]
    public async Task L7_the_tunnel_route_uses_its_own_error_form()
    {
        var (status, body) = await SendAsync($"/v1/tunnels/{Id}/requests?since=2026-01-01", token: "the-token-of-the-tunnel");
        status.Should().Be(HttpStatusCode.BadRequest);
        body.Should().Be("""{"code":"INVALID_INPUT","message":"Parameter 'since' is not known here; did you mean after?","details":{"parameter":"since"}}""");
    }

    [Test]
    public async Task L7_a_caller_without_access_learns_nothing_about_parameters()
    {
        foreach (var route in Routes())
        {
            var (status, body) = await SendAsync(PathOf(route) + "?surely_unknown=1", token: "");
            status.Should().Be(IsTunnel(route) ? HttpStatusCode.Unauthorized : HttpStatusCode.Forbidden);
            body.Should().NotContain("surely_unknown");
        }

        var (foreign, _) = await SendAsync($"{List}?projectId=p2&surely_unknown=1", token: "the-token-of-the-tunnel");
        foreign.Should().Be(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task L7_the_message_does_not_contain_the_value_and_shortens_a_long_name()
    {
        var (_, body) = await SendAsync($"{List}?access_token=abcdefghijklmnop");
        body.Should().Contain("access_token").And.NotContain("abcdefghijklmnop");
        var (status, longBody) = await SendAsync($"{List}?{new string('l', 5_000)}=1");
        status.Should().Be(HttpStatusCode.BadRequest);
        longBody.Length.Should().BeLessThan(500);
    }

    [Test]
    public async Task L7_a_fanned_out_list_rejects_unknown_parameters()
    {
        await using var server = await LogsApiServer.StartAsync(options => options.AdminFanout = true);
        using var response = await server.Client.GetAsync(new Uri(List + "?statusCode=500", UriKind.Relative));
        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        Message(await response.Content.ReadAsStringAsync()).Should().Be("Parameter 'statusCode' is not known here; did you mean status?");
    }

    private static string? Message(string body) => JsonDocument.Parse(body).RootElement.GetProperty("message").GetString();

    /// <summary>All routes that are mapped for GET.</summary>
    private List<RouteEndpoint> Routes() =>
    [
        .. _server.Services.GetRequiredService<EndpointDataSource>().Endpoints.Cast<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains("GET") == true),
    ];

    private static bool IsTunnel(RouteEndpoint route) => route.RoutePattern.RawText!.Contains("tunnels", StringComparison.Ordinal);

    private static HttpStatusCode Accepted(RouteEndpoint route) =>
        route.RoutePattern.RawText!.Contains("{id", StringComparison.Ordinal) ? HttpStatusCode.NotFound : HttpStatusCode.OK;

    private static IEnumerable<string> ParametersOf(RouteEndpoint route) => route.Metadata.OfType<IParameterBindingMetadata>()
        .Where(parameter => parameter.ParameterInfo.GetCustomAttributes(typeof(FromHeaderAttribute), false).Length == 0)
        .Select(parameter => parameter.ParameterInfo.GetCustomAttributes(typeof(FromQueryAttribute), false).Cast<FromQueryAttribute>().FirstOrDefault()?.Name ?? parameter.Name)
        .Where(name => name is not ("id" or "tunnelId"));

    private static string PathOf(RouteEndpoint route) =>
        Parameter().Replace("/" + route.RoutePattern.RawText!.TrimStart('/').Replace("{id:long}", "1", StringComparison.Ordinal), Id).TrimEnd('/');

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(string path, string method = "GET", string? token = null)
    {
        // The tunnel route needs the token of the container, so that the tunnel is known.
        token ??= path.Contains("/tunnels/", StringComparison.Ordinal) ? "the-token-of-the-tunnel" : LogsApiServer.AdminToken;
        using var client = _server.Stranger();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        if (token.Length > 0) request.Headers.Add("X-Logs-Token", token);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return (response.StatusCode, response.StatusCode == HttpStatusCode.OK ? "" : await response.Content.ReadAsStringAsync());
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
