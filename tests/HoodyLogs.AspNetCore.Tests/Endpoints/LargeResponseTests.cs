using System.Net;
using System.Text.Json;
using FluentAssertions;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>Responses that are sent in several parts equal responses that are sent at once.</summary>
public sealed class LargeResponseTests
{
    private const string List = "/api/proxy-logs/_logs";
    private const string Tunnel = "550e8400-e29b-41d4-a716-446655440000";

    private LogsApiServer _server = null!;

    [OneTimeSetUp]
    public async Task FillAsync()
    {
        _server = await LogsApiServer.StartAsync();
        await _server.AppendAsync([.. Enumerable.Range(0, 600).Select(i => Some.Exchange(
            container: Tunnel, service: $"service-{i}", url: $"/{i}/{new string('x', i % 3 == 0 ? 10 : 8_000)}", status: i % 2 == 0 ? 200 : 404,
            atMs: TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()))]);
    }

    /// <summary>Buffers the response, as middleware does that logs responses.</summary>
    private static async Task BufferAsync(HttpContext context, RequestDelegate next)
    {
        var body = context.Response.Body;
        using var memory = new MemoryStream();
        context.Response.Body = memory;
        await next(context);
        memory.Position = 0;
        context.Response.Body = body;
        await memory.CopyToAsync(body);
    }

    [OneTimeTearDown]
    public ValueTask EndAsync() => _server.DisposeAsync();

    [TestCase(List + "?limit=1000")]
    [TestCase(List + "?limit=1000&q=xx")]
    [TestCase("/v1/tunnels/" + Tunnel + "/requests?limit=500")]
    public async Task A7_middleware_that_buffers_gets_the_complete_answer(string path)
    {
        await using var server = await LogsApiServer.StartAsync(map: app =>
        {
            app.Use(BufferAsync);
            app.MapProxyLogs();
        });
        await server.AppendAsync([.. Enumerable.Range(0, 200).Select(i => Some.Exchange(
            container: Tunnel, url: $"/{i}/{new string('x', 8_000)}", atMs: TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()))]);
        using var response = await server.Client.GetAsync(new Uri(path, UriKind.Relative));
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        (answer.ValueKind == JsonValueKind.Array ? answer.GetArrayLength() : answer.GetProperty("entries").GetArrayLength()).Should().BeGreaterThanOrEqualTo(200);
    }

    [TestCase("?last=1000", 400)]
    [TestCase("?limit=1000", 400)]
    public async Task L3_entries_stored_while_a_page_is_sent_are_not_in_it(string query, int count)
    {
        await using var server = await LogsApiServer.StartAsync(onModel: true);
        await server.AppendAsync([.. Enumerable.Range(0, count / 2).Select(i => Some.Exchange(url: $"/{i}/{new string('x', 8_000)}"))]);
        // The read that calls this is synchronous, and the model store appends synchronously.
        server.Model.AfterRead = () => server.Model.AppendAsync([Some.Exchange(url: "/later")], CancellationToken.None).AsTask().GetAwaiter().GetResult();
        var page = await server.GetAsync(List + query);
        Ids(page).Should().HaveCount(count);
        page.GetProperty("total").GetInt32().Should().Be(count);
    }

    [TestCase("?limit=1000", 1, 1000, 1200, 0)]
    [TestCase("?limit=1000&offset=150", 151, 1000, 1200, 150)]
    [TestCase("?last=900", 301, 900, 1200, 300)]
    [TestCase("?last=900&offset=100&limit=700", 401, 700, 1200, 100)]
    [TestCase("?afterId=100&limit=800", 101, 800, 1200, 0)]
    [TestCase("?limit=1000&q=/X", 1, 1000, 1200, 0)]
    public async Task L3_pages_sent_in_parts_are_complete_and_in_order(string query, int first, int count, int total, int offset)
    {
        using var response = await _server.Client.GetAsync(new Uri(List + query, UriKind.Relative));
        response.Headers.TransferEncodingChunked.Should().BeTrue("it is larger than a piece");
        var page = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Ids(page).Should().Equal(Enumerable.Range(first, count).Select(id => (long)id));
        (page.GetProperty("total").GetInt32(), page.GetProperty("offset").GetInt32()).Should().Be((total, offset));
        page.TryGetProperty("scannedToId", out _).Should().BeFalse();
    }

    [TestCase("?order=desc&limit=1000")]
    [TestCase("?order=desc&limit=900&offset=77")]
    [TestCase("?limit=1000&status=404")]
    [TestCase("?last=500&status=404")]
    [TestCase("?last=500&status=404&offset=20&limit=400")]
    [TestCase("?order=desc&limit=500&q=XXXX")]
    [TestCase("?limit=500&q=XXXX&kind=response&offset=31")]
    public async Task L3_a_page_sent_in_parts_equals_small_pages(string query)
    {
        var page = await _server.GetAsync(List + query);
        var expected = new List<long>();
        var (offset, limit) = (Number(query, "offset", 0), Number(query, "limit", Number(query, "last", 0)));
        for (var at = 0; at < limit; at += 20)
        {
            var part = query.Replace($"offset={offset}", "", StringComparison.Ordinal).Replace($"limit={limit}", "", StringComparison.Ordinal);
            expected.AddRange(Ids(await _server.GetAsync($"{List}{part}&offset={offset + at}&limit={Math.Min(20, limit - at)}")));
        }

        expected.Should().HaveCountGreaterThan(300);
        Ids(page).Should().Equal(expected);
    }

    [Test]
    public async Task A_small_page_is_sent_at_once_with_Content_Length()
    {
        await using var server = await LogsApiServer.StartAsync();
        await server.AppendAsync([.. Enumerable.Range(0, 100).Select(_ => Some.Exchange())]);
        using var response = await server.Client.GetAsync(new Uri(List, UriKind.Relative));
        response.Headers.TransferEncodingChunked.Should().NotBe(true);
    }

    [TestCase("")]
    [TestCase("after=2020-01-01T00:00:00Z")]
    public async Task U4_a_large_page_of_a_tunnel_is_complete_and_newest_first_and_links_to_the_next(string after)
    {
        using var response = await _server.Client.GetAsync(new Uri($"/v1/tunnels/{Tunnel}/requests?limit=500&{after}", UriKind.Relative));
        response.Headers.TransferEncodingChunked.Should().BeTrue();
        var paths = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.EnumerateArray()
            .Select(request => int.Parse(request.GetProperty("path").GetString()!.Split('/')[1], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        paths.Should().Equal(Enumerable.Range(after.Length == 0 ? 100 : 0, 500).Reverse());
        response.Headers.Contains("Link").Should().Be(after.Length > 0);
    }

    [Test]
    public async Task S1_statistics_with_many_names_are_complete()
    {
        await using var server = await LogsApiServer.StartAsync();
        await server.AppendAsync([.. Enumerable.Range(0, 9_000).Select(i => Some.Event(project: $"p{i % 10}", service: $"service-{i}-{new string('s', 60)}"))]);
        using var response = await server.Client.GetAsync(new Uri(List + "/stats", UriKind.Relative));
        response.Headers.TransferEncodingChunked.Should().BeTrue("it is larger than a piece");
        var stats = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        stats.GetProperty("total").GetInt32().Should().Be(9_000);
        stats.GetProperty("byProject").EnumerateObject().Should().HaveCount(10).And.OnlyContain(project => project.Value.GetInt32() == 900);
        stats.GetProperty("byContainer").EnumerateObject().Should().BeEmpty();
        stats.GetProperty("byService").EnumerateObject().Select(service => service.Name).Should().HaveCount(9_000).And.BeInAscendingOrder(StringComparer.Ordinal);
    }

    private static List<long> Ids(JsonElement page) => [.. page.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("id").GetInt64())];

    private static int Number(string query, string name, int otherwise) => query.Split('?', '&')
        .Where(part => part.StartsWith(name + "=", StringComparison.Ordinal))
        .Select(part => int.Parse(part[(name.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture)).FirstOrDefault(otherwise);
}
