using System.Net;
using System.Text.Json;
using FluentAssertions;
using HoodyLogs.AspNetCore.Tests.Endpoints;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;

namespace HoodyLogs.AspNetCore.Tests.Access;

/// <summary>Creates a logs API with one exchange (two entries) each of p1/c1, p1/c2 and p2/c1, and with tokens for p1, p1/c1 and p2.</summary>
internal static class AccessServer
{
    public const string P1 = "token-of-project-one";
    public const string P1C1 = "token-of-one-container";
    public const string P2 = "token-of-project-two";
    public const string List = "/api/proxy-logs/_logs";

    public static async Task<LogsApiServer> StartAsync(
        Action<ProxyLogsOptions>? configure = null, Action<WebApplicationBuilder>? build = null, Action<WebApplication>? map = null)
    {
        var server = await LogsApiServer.StartAsync(
            options =>
            {
                options.Access.Tokens.Add(new AccessToken { Token = P1, ProjectId = "p1" });
                options.Access.Tokens.Add(new AccessToken { Token = P1C1, ProjectId = "p1", ContainerId = "c1" });
                options.Access.Tokens.Add(new AccessToken { Token = P2, ProjectId = "p2" });
                configure?.Invoke(options);
            },
            build: build,
            map: map);
        await server.AppendAsync(
            Some.Exchange(project: "p1", container: "c1"), Some.Exchange(project: "p1", container: "c2"), Some.Exchange(project: "p2", container: "c1"));
        return server;
    }

    /// <summary>Returns the total of the list for a caller with these headers.</summary>
    public static async Task<int> TotalAsync(this LogsApiServer server, params (string Name, string Value)[] headers)
    {
        var (status, body) = await server.SendAsync(List, headers);
        status.Should().Be(HttpStatusCode.OK, body);
        return JsonDocument.Parse(body).RootElement.GetProperty("total").GetInt32();
    }

    public static async Task<HttpStatusCode> StatusAsync(this LogsApiServer server, params (string Name, string Value)[] headers) =>
        (await server.SendAsync(List, headers)).Status;

    public static async Task<(HttpStatusCode Status, string Body)> SendAsync(
        this LogsApiServer server, string path, params (string Name, string Value)[] headers)
    {
        using var client = server.Stranger();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
