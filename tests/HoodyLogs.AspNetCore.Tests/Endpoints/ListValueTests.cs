using System.Net;
using FluentAssertions;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>Tests of list values that contain commas, spaces and quotes.</summary>
public sealed class ListValueTests
{
    private static readonly string[] Services = ["a,b", "a", "b", " a ", "say \"hi\"", "c:\\d", "my service", "a,\"b\",c"];
    private LogsApiServer _server = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await LogsApiServer.StartAsync(options => options.Access.Tokens.Add(new() { Token = "token-of-project-a-b", ProjectId = "a,b" }));
        foreach (var service in Services) await _server.AppendAsync(Some.Event(service: service));
        await _server.AppendAsync(Some.Event(project: "a,b", container: "x,y", service: "s"), Some.Event(project: "a", service: "s"));
    }

    [OneTimeTearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [TestCase("serviceName", "\"a,b\"", "1")]
    [TestCase("serviceName", "a,b", "2,3")]
    [TestCase("serviceName", "\"a,b\",a", "1,2")]
    [TestCase("serviceName", " \"a,b\" , b ,,", "1,3")]
    [TestCase("serviceName", "\" a \"", "4")]
    [TestCase("serviceName", "\"say \"\"hi\"\"\"", "5")]
    [TestCase("serviceName", "\"say \\\"hi\\\"\"", "5")]
    [TestCase("serviceName", "\"c:\\d\"", "6")]
    [TestCase("serviceName", "\"c:\\\\d\"", "6")]
    [TestCase("serviceName", "c:\\d", "6")]
    [TestCase("serviceName", "my service", "7")]
    [TestCase("serviceName", "\"my service\",\"a\"", "2,7")]
    [TestCase("serviceName", "\"a,\"\"b\"\",c\"", "8")]
    [TestCase("projectId", "\"a,b\"", "9")]
    [TestCase("projectId", "\"a,b\",a", "9,10")]
    [TestCase("containerId", "\"x,y\"", "9")]
    public async Task L7_a_quoted_value_may_contain_commas_and_spaces(string name, string value, string ids)
    {
        var list = await _server.GetAsync($"/api/proxy-logs/_logs?{name}={Uri.EscapeDataString(value)}");
        string.Join(',', list.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("id").GetInt64())).Should().Be(ids);
    }

    [TestCase("\"a")]
    [TestCase("a\"")]
    [TestCase("\"a\"b")]
    [TestCase("a \"b\"")]
    [TestCase("\"a\"\"")]
    [TestCase("\"a\\\"")]
    [TestCase("\"")]
    [TestCase("\"\"")]
    [TestCase("a,\"\"")]
    [TestCase("\"a\" \"b\"")]
    [TestCase(",")]
    [TestCase(" , ,")]
    public async Task L7_unbalanced_quotes_and_lists_without_a_value_are_400_on_every_route(string value)
    {
        foreach (var route in new[] { "", "/stats", "/open", "/stream" })
        {
            foreach (var name in new[] { "serviceName", "projectId", "containerId", "method", "level" })
            {
                using var response = await _server.Client.GetAsync(new Uri($"/api/proxy-logs/_logs{route}?{name}={Uri.EscapeDataString(value)}", UriKind.Relative));
                response.StatusCode.Should().Be(HttpStatusCode.BadRequest, $"{route} {name}");
                (await response.Content.ReadAsStringAsync()).Should().Contain($"Parameter '{name}' is '");
            }
        }
    }

    [TestCase("\"a,b\"", HttpStatusCode.OK)]
    [TestCase("a,b", HttpStatusCode.Forbidden)]
    [TestCase("\"a,b\",a", HttpStatusCode.Forbidden)]
    public async Task A2_a_scoped_caller_may_quote_the_name_of_its_project(string value, HttpStatusCode status)
    {
        using var client = _server.Stranger();
        client.DefaultRequestHeaders.Add("X-Logs-Token", "token-of-project-a-b");
        using var response = await client.GetAsync(new Uri($"/api/proxy-logs/_logs?projectId={Uri.EscapeDataString(value)}", UriKind.Relative));
        response.StatusCode.Should().Be(status);
    }
}
