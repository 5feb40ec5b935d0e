using System.Net;
using System.Text.Json;
using FluentAssertions;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>Tests of the list, single entries and statistics.</summary>
public sealed class ListEndpointTests
{
    private const string List = "/api/proxy-logs/_logs";
    private LogsApiServer _server = null!;

    [SetUp]
    public async Task Start() => _server = await LogsApiServer.StartAsync();

    [TearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [Test]
    public async Task E1_L3_the_answer_equals_the_documented_example_byte_for_byte()
    {
        await _server.AppendAsync(Some.Exchange(
            project: "proj_a1b2c3d4", container: "cnt_x9y8z7w6", service: "user-api", method: "POST", status: 201, traceId: "f47ac10b-58cc-4372-a567-0e02b2c3d479"));
        using var response = await _server.Client.GetAsync(new Uri(List, UriKind.Relative));
        response.Content.Headers.ContentType!.ToString().Should().Be("application/json");
        response.Headers.CacheControl!.ToString().Should().Be("no-store");
        const string Shared = """info","projectId":"proj_a1b2c3d4","containerId":"cnt_x9y8z7w6","serviceName":"user-api","method":"POST","url":"/v1/users","clientIp":"203.0.113.42","status":201""";
        (await response.Content.ReadAsStringAsync()).Should().Be(
            """{"entries":[{"id":1,"traceId":"f47ac10b-58cc-4372-a567-0e02b2c3d479","tsMs":1718201234000,"tsIso":"2024-06-12T14:07:14.000Z","kind":"request","level":""" + "\"" + Shared
            + ""","data":{"bytesIn":412,"userAgent":"Hoody-CLI/1.4.2"},"source":"backend"},"""
            + """{"id":2,"traceId":"f47ac10b-58cc-4372-a567-0e02b2c3d479","tsMs":1718201234102,"tsIso":"2024-06-12T14:07:14.102Z","kind":"response","level":""" + "\"" + Shared
            + ""","data":{"bytesOut":318,"durationMs":102},"source":"backend"}],"total":2,"limit":200,"offset":0}""");
    }

    [Test]
    public async Task L3_an_empty_store_gives_an_empty_page() =>
        (await _server.Client.GetStringAsync(new Uri(List, UriKind.Relative))).Should().Be("""{"entries":[],"total":0,"limit":200,"offset":0}""");

    [TestCase("", 200, 0)]
    [TestCase("limit=3&offset=2", 3, 2)]
    [TestCase("last=4", 4, 6)]
    [TestCase("last=100", 100, 0)]
    [TestCase("last=4&limit=2", 2, 0)]
    [TestCase("last=4&offset=1", 4, 1)]
    [TestCase("last=4&limit=2&offset=3", 2, 3)]
    [TestCase("afterId=5&offset=1", 200, 1)]
    [TestCase("order=desc&limit=1", 1, 0)]
    public async Task L3_L4_the_answer_contains_limit_and_offset_and_they_do_not_change_the_total(string query, int limit, int offset)
    {
        await _server.AppendAsync([.. Enumerable.Range(0, 5).Select(_ => Some.Exchange())]);
        var list = await _server.GetAsync($"{List}?{query}");
        list.EnumerateObject().Select(member => member.Name).Should().Equal("entries", "total", "limit", "offset");
        list.GetProperty("total").GetInt32().Should().Be(10);
        list.GetProperty("limit").GetInt32().Should().Be(limit);
        list.GetProperty("offset").GetInt32().Should().Be(offset);
    }

    [Test]
    public async Task L3_a_client_that_iterates_over_the_last_N_sees_each_of_them_once()
    {
        await _server.AppendAsync([.. Enumerable.Range(0, 20).Select(_ => Some.Exchange())]);
        var seen = new List<long>();
        for (var offset = 0; ; offset += 5)
        {
            var ids = IdsOf(await _server.GetAsync($"{List}?last=13&limit=5&offset={offset}"));
            if (ids.Count == 0) break;
            seen.AddRange(ids);
        }

        seen.Should().Equal(Enumerable.Range(28, 13).Select(id => (long)id));
    }

    [Test]
    public async Task E7_requested_bodies_are_on_both_entries_of_an_exchange()
    {
        await _server.AppendAsync(With(Some.Text("{\"a\":1}"), Some.Bytes(0, 255, 16)));
        (await _server.GetAsync(List)).ToString().Should().NotContain("Body\":");
        var request = (await _server.GetAsync(List + "?includeRequestBody=true")).GetProperty("entries");
        foreach (var entry in request.EnumerateArray())
        {
            entry.GetProperty("requestBody").GetString().Should().Be("{\"a\":1}");
            entry.TryGetProperty("responseBody", out _).Should().BeFalse();
            entry.TryGetProperty("requestBodyEncoding", out _).Should().BeFalse();
        }

        var both = (await _server.GetAsync(List + "?includeRequestBody=true&includeResponseBody=true")).GetProperty("entries")[1];
        both.GetProperty("responseBody").GetString().Should().Be(Convert.ToBase64String([0, 255, 16]));
        both.GetProperty("responseBodyEncoding").GetString().Should().Be("base64");
        both.GetProperty("bodyTruncated").GetBoolean().Should().BeFalse();
        both.EnumerateObject().Select(member => member.Name).SkipWhile(name => name != "source").Should()
            .Equal("source", "requestBody", "responseBody", "responseBodyEncoding", "bodyTruncated");
    }

    [TestCase("limit=30&includeRequestBody=true", 1, 30)]
    [TestCase("last=30&includeRequestBody=true", 31, 60)]
    [TestCase("afterId=10&offset=5&limit=40&includeRequestBody=true", 16, 55)]
    [TestCase("order=desc&limit=30&includeRequestBody=true", 60, 31)]
    [TestCase("beforeId=31&limit=25&offset=2&includeRequestBody=true&includeResponseBody=true", 28, 4)]
    public async Task E7_large_pages_of_bodies_are_complete(string query, long first, long last)
    {
        var body = new string('b', 700_000);
        for (var i = 0; i < 30; i++) await _server.AppendAsync(With(Some.Text($"{i} {body}"), Some.Text("answer")));
        var list = await _server.GetAsync($"{List}?{query}");
        var step = first <= last ? 1 : -1;
        IdsOf(list).Should().Equal(Enumerable.Range(0, (int)Math.Abs(last - first) + 1).Select(i => first + (i * step)));
        list.GetProperty("total").GetInt32().Should().Be(60);
        foreach (var entry in list.GetProperty("entries").EnumerateArray())
        {
            var number = (entry.GetProperty("id").GetInt64() - 1) / 2;
            entry.GetProperty("requestBody").GetString().Should().StartWith($"{number} bbb").And.HaveLength($"{number} ".Length + body.Length);
        }
    }

    [Test]
    public async Task L9_an_entry_has_its_bodies_and_an_unknown_entry_is_404()
    {
        await _server.AppendAsync(With(Some.Text("asked"), Some.Text("answered")));
        var entry = await _server.GetAsync(List + "/2");
        entry.GetProperty("kind").GetString().Should().Be("response");
        entry.GetProperty("requestBody").GetString().Should().Be("asked");
        entry.GetProperty("responseBody").GetString().Should().Be("answered");
        foreach (var id in new[] { "3", "0", "-1", "9223372036854775807", "9223372036854775808", "1x", "%201", "+1", "1.0" })
        {
            using var response = await _server.Client.GetAsync(new Uri($"{List}/{id}", UriKind.Relative));
            response.StatusCode.Should().Be(HttpStatusCode.NotFound, id);
            JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetString().Should().Be("Not Found");
        }
    }

    [Test]
    public async Task L10_HEAD_answers_with_the_headers_of_GET()
    {
        await _server.AppendAsync(Some.Exchange());
        foreach (var path in new[] { List, List + "/1", List + "/stats" })
        {
            using var get = await _server.Client.GetAsync(new Uri(path, UriKind.Relative));
            using var head = await _server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, new Uri(path, UriKind.Relative)));
            head.StatusCode.Should().Be(HttpStatusCode.OK);
            head.Content.Headers.ContentLength.Should().Be(get.Content.Headers.ContentLength);
            head.Content.Headers.ContentType.Should().Be(get.Content.Headers.ContentType);
            (await head.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
        }
    }

    [Test]
    public async Task S1_statistics_have_the_documented_members_and_all_levels()
    {
        await _server.AppendAsync(
            Some.Exchange(), Some.Exchange(project: "p\"2", container: null, service: "b", level: EntryLevel.Error), Some.Event(level: EntryLevel.Warn));
        (await _server.Client.GetStringAsync(new Uri(List + "/stats", UriKind.Relative))).Should().Be(
            """{"total":5,"byLevel":{"info":2,"warn":1,"error":2,"debug":0},"byProject":{"p\"2":2,"p1":2},"byContainer":{"c1":2},"byService":{"api":2,"b":2}}""");
    }

    [TestCase("level=error", 2)]
    [TestCase("kind=response,event", 3)]
    [TestCase("projectId=p1&containerId=c1&serviceName=api&method=get&source=backend", 2)]
    [TestCase("_limit=x&_whatever", 5)]
    public async Task S1_the_documented_filters_apply_to_statistics(string query, int total)
    {
        await _server.AppendAsync(Some.Exchange(), Some.Exchange(project: "p2", level: EntryLevel.Error), Some.Event());
        (await _server.GetAsync($"{List}/stats?{query}")).GetProperty("total").GetInt32().Should().Be(total);
    }

    [TestCase("level=fatal", "Parameter 'level' is 'fatal'; it takes debug, info, warn or error.")]
    [TestCase("from=5", "Parameter 'from' is not known here; allowed are level, kind, source, method, serviceName, projectId, containerId.")]
    [TestCase("q=users", "Parameter 'q' is not known here; allowed are level, kind, source, method, serviceName, projectId, containerId.")]
    public async Task S1_other_filters_on_statistics_are_400(string query, string message)
    {
        using var response = await _server.Client.GetAsync(new Uri($"{List}/stats?{query}", UriKind.Relative));
        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("message").GetString().Should().Be(message);
    }

    private static LogRecord With(CapturedBody request, CapturedBody response)
    {
        var record = Some.Exchange();
        return new LogRecord
        {
            Shape = record.Shape,
            ProjectId = record.ProjectId,
            ContainerId = record.ContainerId,
            Method = record.Method,
            Url = record.Url,
            Status = record.Status,
            TimestampMs = record.TimestampMs,
            RequestBodyState = BodyState.Full,
            ResponseBodyState = BodyState.Full,
        }.WithBodies(request, response);
    }

    private static List<long> IdsOf(JsonElement list) => [.. list.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("id").GetInt64())];
}
