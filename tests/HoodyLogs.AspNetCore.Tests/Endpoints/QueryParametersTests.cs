using System.Globalization;
using System.Net;
using System.Text.Json;
using FluentAssertions;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>Tests of the valid, boundary and invalid values of the parameters of the list.</summary>
public sealed class QueryParametersTests
{
    private const long Base = 1_700_000_000_000; // 2023-11-14T22:13:20Z
    private const string TimesTaken = "an ISO 8601 time, milliseconds since 1970 (of the years 2000 to 2100), or a time relative to now, such as -1h or now-15m (ms, s, m, h, d, w)";
    private const string ListTaken = "values with commas between them; a value that holds a comma or a quote is written in double quotes, with \"\" for a quote";
    private const string StatusesTaken = "codes (404), classes (5xx) and ranges (400-499) within 100 to 599";
    private LogsApiServer _server = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await LogsApiServer.StartAsync();

        // Three exchanges with the entries 1 to 6, and the event 7.
        await _server.AppendAsync(
            Some.Exchange(atMs: Base + 1_000, durationUs: 0),
            Some.Exchange(project: "p2", container: "c2", service: "billing", method: "POST", url: "/v1/Orders?x=%20", status: 404, level: EntryLevel.Warn, atMs: Base + 2_000, durationUs: 500_000, traceId: "t2"),
            Some.Exchange(project: "p2", container: "c3", status: 503, level: EntryLevel.Error, source: EntrySource.Edge, atMs: Base + 3_000, durationUs: 0),
            Some.Event(level: EntryLevel.Debug, project: "p3", atMs: Base + 4_000));
    }

    [OneTimeTearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [TestCase("q", 512, 513, "Parameter 'q' has 513 characters; it takes at most 512.")]
    [TestCase("traceId", 512, 513, "Parameter 'traceId' has 513 characters; it takes at most 512.")]
    [TestCase("serviceName", 200, 201, "Parameter 'serviceName' has 201 values; it takes at most 200.")]
    [TestCase("projectId", 200, 201, "Parameter 'projectId' has 201 values; it takes at most 200.")]
    [TestCase("method", 200, 201, "Parameter 'method' has 201 values; it takes at most 200.")]
    public async Task L6_filters_that_are_too_long_are_400(string name, int most, int tooMany, string message)
    {
        var isText = name is "q" or "traceId";
        foreach (var route in new[] { "", "/stream", "/stats" })
        {
            if (route == "/stats" && isText) continue;
            using var refused = await _server.Client.GetAsync(Path(route, tooMany));
            refused.StatusCode.Should().Be(HttpStatusCode.BadRequest);
            JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement.GetProperty("message").GetString().Should().Be(message);
            using var taken = await _server.Client.GetAsync(Path(route, most), HttpCompletionOption.ResponseHeadersRead);
            taken.StatusCode.Should().Be(HttpStatusCode.OK);
        }

        Uri Path(string route, int count) => new(
            $"/api/proxy-logs/_logs{route}?{name}={(isText ? new string('x', count) : string.Join(',', Enumerable.Repeat("a", count)))}", UriKind.Relative);
    }

    [TestCase("", "1,2,3,4,5,6,7")]
    [TestCase("limit=1", "1")]
    [TestCase("limit=1000", "1,2,3,4,5,6,7")]
    [TestCase("limit=0002", "1,2")]
    [TestCase("limit=", "1,2,3,4,5,6,7")]
    [TestCase("limit=&limit=2", "1,2")]
    [TestCase("LIMIT=2", "1,2")]
    [TestCase("offset=0", "1,2,3,4,5,6,7")]
    [TestCase("offset=5", "6,7")]
    [TestCase("offset=7", "")]
    [TestCase("offset=9223372036854775807", "")]
    [TestCase("limit=2&offset=2", "3,4")]
    [TestCase("last=3", "5,6,7")]
    [TestCase("last=1000", "1,2,3,4,5,6,7")]
    [TestCase("last=4&offset=1", "5,6,7")]
    [TestCase("last=4&limit=2", "4,5")]
    [TestCase("last=4&limit=2&offset=2", "6,7")]
    [TestCase("last=4&limit=2&offset=4", "")]
    [TestCase("afterId=0", "1,2,3,4,5,6,7")]
    [TestCase("afterId=5", "6,7")]
    [TestCase("afterId=2&limit=2&offset=1", "4,5")]
    [TestCase("afterId=9223372036854775807", "")]
    [TestCase("afterId=2&last=2", "6,7")]
    [TestCase("beforeId=4", "3,2,1")]
    [TestCase("beforeId=4&order=desc&limit=1&offset=1", "2")]
    [TestCase("beforeId=4&order=asc", "1,2,3")]
    [TestCase("beforeId=6&afterId=2", "3,4,5")]
    [TestCase("beforeId=0", "")]
    [TestCase("order=asc&limit=2", "1,2")]
    [TestCase("order=desc&limit=2", "7,6")]
    [TestCase("order=DESC&limit=2&offset=1", "6,5")]
    [TestCase("level=warn", "3,4")]
    [TestCase("level=warn,error", "3,4,5,6")]
    [TestCase("level=WARN&level=Debug", "3,4,7")]
    [TestCase("level=,warn,,", "3,4")]
    [TestCase("kind=request", "1,3,5")]
    [TestCase("kind=Response,event", "2,4,6,7")]
    [TestCase("source=edge", "5,6")]
    [TestCase("source=BACKEND,edge", "1,2,3,4,5,6,7")]
    [TestCase("method=post", "3,4")]
    [TestCase("method=GET,POST&kind=request", "1,3,5")]
    [TestCase("method=BREW", "")]
    [TestCase("serviceName=billing", "3,4")]
    [TestCase("serviceName=Billing", "")]
    [TestCase("serviceName=billing&serviceName=api", "1,2,3,4,5,6")]
    [TestCase("projectId=p2", "3,4,5,6")]
    [TestCase("projectId=p1,%20p3", "1,2,7")]
    [TestCase("projectId=P1", "")]
    [TestCase("containerId=c3,c1", "1,2,5,6")]
    [TestCase("traceId=t2", "3,4")]
    [TestCase("status=404", "3,4")]
    [TestCase("status=4xx,5XX", "3,4,5,6")]
    [TestCase("status=100-599", "1,2,3,4,5,6")]
    [TestCase("status=400-404&status=200", "1,2,3,4")]
    [TestCase("status=599-599", "")]
    [TestCase("from=1700000002500", "4,5,6,7")]
    [TestCase("from=1700000002501", "5,6,7")]
    [TestCase("to=1700000002500", "1,2,3")]
    [TestCase("from=2023-11-14T22:13:22.500Z&to=2023-11-14T22:13:24Z", "4,5,6")]
    [TestCase("from=2023-11-14T23:13:22.5%2B01:00", "4,5,6,7")]
    [TestCase("from=2023-11-14T23:13:22.5+01:00", "4,5,6,7")]
    [TestCase("from=2023-11-14T22:13:22.5000001", "5,6,7")]
    [TestCase("from=2023-11-15", "")]
    [TestCase("from=20231114T221322.5Z", "4,5,6,7")]
    [TestCase("from=2023-11-14t22:13:22.500000999z", "5,6,7")]
    [TestCase("from=1700000004000&to=1700000001000", "")]
    [TestCase("q=orders", "3,4")]
    [TestCase("q=%25", "3,4")]
    [TestCase("includeRequestBody=TRUE&includeResponseBody=false&limit=1", "1")]
    [TestCase("_=1700000000000&limit=1&__proto__=1", "1")]
    [TestCase("projectId=%22p2%22", "3,4,5,6")]
    [TestCase("projectId=%22p1%22,p3", "1,2,7")]
    [TestCase("method=BREW-IT", "")]
    [TestCase("status=&level=&from=&q=&method=", "1,2,3,4,5,6,7")]
    public async Task L7_valid_parameters_are_accepted(string query, string ids)
    {
        var list = await _server.GetAsync("/api/proxy-logs/_logs?" + query);
        var found = list.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("id").GetInt64().ToString(CultureInfo.InvariantCulture));
        string.Join(',', found).Should().Be(ids);
    }

    [TestCase("limit=abc", "limit", "'abc'; it takes an integer from 1 to 1000")]
    [TestCase("limit=0", "limit", "'0'; it takes an integer from 1 to 1000")]
    [TestCase("limit=1001", "limit", "'1001'; it takes an integer from 1 to 1000")]
    [TestCase("limit=-1", "limit", "'-1'; it takes an integer from 1 to 1000")]
    [TestCase("limit=%2B1", "limit", "'+1'; it takes an integer from 1 to 1000")]
    [TestCase("limit=1.0", "limit", "'1.0'; it takes an integer from 1 to 1000")]
    [TestCase("limit=1e2", "limit", "'1e2'; it takes an integer from 1 to 1000")]
    [TestCase("limit=%201", "limit", "' 1'; it takes an integer from 1 to 1000")]
    [TestCase("limit=%D9%A1", "limit", "'١'; it takes an integer from 1 to 1000")]
    [TestCase("limit=99999999999999999999", "limit", "'99999999999999999999'; it takes an integer from 1 to 1000")]
    [TestCase("limit=1&limit=1", "limit", "given more than once; it takes a single value")]
    [TestCase("limit=1&Limit=2", "limit", "given more than once; it takes a single value")]
    [TestCase("last=0", "last", "'0'; it takes an integer from 1 to 1000")]
    [TestCase("last=1001", "last", "'1001'; it takes an integer from 1 to 1000")]
    [TestCase("offset=-1", "offset", "'-1'; it takes an integer, 0 or more")]
    [TestCase("offset=9223372036854775808", "offset", "'9223372036854775808'; it takes an integer, 0 or more")]
    [TestCase("afterId=x", "afterId", "'x'; it takes an integer, 0 or more")]
    [TestCase("beforeId=-5", "beforeId", "'-5'; it takes an integer, 0 or more")]
    [TestCase("order=up", "order", "'up'; it takes asc or desc")]
    [TestCase("order=desc&last=1", "order", "'desc'; it takes only asc together with 'last'")]
    [TestCase("order=desc&afterId=1", "order", "'desc'; it takes only asc together with 'afterId'")]
    [TestCase("level=warn,fatal", "level", "'fatal'; it takes debug, info, warn or error")]
    [TestCase("kind=requests", "kind", "'requests'; it takes request, response or event")]
    [TestCase("source=front", "source", "'front'; it takes backend or edge")]
    [TestCase("includeRequestBody=1", "includeRequestBody", "'1'; it takes true or false")]
    [TestCase("includeResponseBody=yes", "includeResponseBody", "'yes'; it takes true or false")]
    [TestCase("includeResponseBody=true&includeResponseBody=true", "includeResponseBody", "given more than once; it takes a single value")]
    [TestCase("traceId=a&traceId=b", "traceId", "given more than once; it takes a single value")]
    [TestCase("q=a&q=b", "q", "given more than once; it takes a single value")]
    [TestCase("status=99", "status", "'99'; it takes " + StatusesTaken)]
    [TestCase("status=600", "status", "'600'; it takes " + StatusesTaken)]
    [TestCase("status=6xx", "status", "'6xx'; it takes " + StatusesTaken)]
    [TestCase("status=0xx", "status", "'0xx'; it takes " + StatusesTaken)]
    [TestCase("status=500-400", "status", "'500-400'; it takes " + StatusesTaken)]
    [TestCase("status=400-", "status", "'400-'; it takes " + StatusesTaken)]
    [TestCase("status=4xx-5xx", "status", "'4xx-5xx'; it takes " + StatusesTaken)]
    [TestCase("status=ok", "status", "'ok'; it takes " + StatusesTaken)]
    [TestCase("from=yesterday", "from", "'yesterday'; it takes " + TimesTaken)]
    [TestCase("level=,", "level", "','; it takes " + ListTaken)]
    [TestCase("status=,", "status", "','; it takes " + ListTaken)]
    [TestCase("method=%20", "method", "' '; it takes " + ListTaken)]
    [TestCase("level=warn&level=,,", "level", "',,'; it takes " + ListTaken)]
    [TestCase("projectId=%22p1", "projectId", "'\"p1'; it takes " + ListTaken)]
    [TestCase("serviceName=%22%22", "serviceName", "'\"\"'; it takes " + ListTaken)]
    [TestCase("serviceName=a%22b", "serviceName", "'a\"b'; it takes " + ListTaken)]
    [TestCase("method=GET%20POST", "method", "'GET POST'; it takes HTTP methods, such as GET")]
    [TestCase("method=G%C3%89T", "method", "'GÉT'; it takes HTTP methods, such as GET")]
    [TestCase("kind=respons", "kind", "'respons'; it takes request, response or event")]
    [TestCase("from=-5", "from", "'-5'; it takes " + TimesTaken)]
    [TestCase("to=2024-13-01T00:00:00Z", "to", "'2024-13-01T00:00:00Z'; it takes " + TimesTaken)]
    [TestCase("cursor=abc", "cursor", "'abc'; it is not allowed on a read that is not fanned out")]
    public async Task L7_invalid_parameters_are_400_and_named(string query, string parameter, string what)
    {
        using var response = await _server.Client.GetAsync(new Uri("/api/proxy-logs/_logs?" + query, UriKind.Relative));
        var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        error.GetProperty("message").GetString().Should().Be($"Parameter '{parameter}' is {what}.");
        error.GetProperty("statusCode").GetInt32().Should().Be(400);
        error.GetProperty("error").GetString().Should().Be("Bad Request");
    }

    [Test]
    public async Task L7_MaxLimit_is_the_maximum_of_limit_and_last()
    {
        await using var server = await LogsApiServer.StartAsync(options => options.MaxLimit = 5);
        foreach (var name in new[] { "limit", "last" })
        {
            (await server.Client.GetAsync(new Uri($"/api/proxy-logs/_logs?{name}=5", UriKind.Relative))).StatusCode.Should().Be(HttpStatusCode.OK);
            var refused = await server.Client.GetAsync(new Uri($"/api/proxy-logs/_logs?{name}=6", UriKind.Relative));
            (await refused.Content.ReadAsStringAsync()).Should().Contain($"Parameter '{name}' is '6'; it takes an integer from 1 to 5.");
        }
    }

    [Test]
    public async Task L7_a_long_value_is_shortened_in_the_message()
    {
        var response = await _server.Client.GetAsync(new Uri("/api/proxy-logs/_logs?limit=" + new string('x', 4_000), UriKind.Relative));
        (await response.Content.ReadAsStringAsync()).Length.Should().BeLessThan(300);
    }
}
