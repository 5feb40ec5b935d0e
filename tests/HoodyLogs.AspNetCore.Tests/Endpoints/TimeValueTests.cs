using System.Net;
using System.Text.Json;
using FluentAssertions;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>Tests of the valid and invalid forms of a time.</summary>
public sealed class TimeValueTests
{
    private const string Tunnel = "550e8400-e29b-41d4-a716-446655440000";
    private static readonly DateTimeOffset Now = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);
    private LogsApiServer _server = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await LogsApiServer.StartAsync(time: new ManualTime(Now));

        // One entry at each of these times, with the ids 1 to 4.
        foreach (var atMs in new[] { Ms(-60), Ms(-10), Ms(0), Ms(10) }) await _server.AppendAsync(Some.Event(project: "p1", container: Tunnel, atMs: atMs));
    }

    [OneTimeTearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [TestCase("now", "3,4")]
    [TestCase("NOW", "3,4")]
    [TestCase("-1h", "1,2,3,4")]
    [TestCase("now-15m", "2,3,4")]
    [TestCase("-10m", "2,3,4")]
    [TestCase("-599s", "3,4")]
    [TestCase("-600001ms", "2,3,4")]
    [TestCase("-1d", "1,2,3,4")]
    [TestCase("now-1w", "1,2,3,4")]
    [TestCase("now%2B5m", "4")]
    [TestCase("now+5m", "4")]
    [TestCase("-1h+30m", "2,3,4")]
    [TestCase("2026-12-01", "1,2,3,4")]
    [TestCase("20261201", "1,2,3,4")]
    [TestCase("2026-12-02", "")]
    [TestCase("2026-12-01T12:00:00Z", "3,4")]
    [TestCase("2026-12-01T12:00:00z", "3,4")]
    [TestCase("2026-12-01t12:00:00", "3,4")]
    [TestCase("2026-12-01 12:00:00", "3,4")]
    [TestCase("2026-12-01%2012:00", "3,4")]
    [TestCase("2026-12-01T12", "3,4")]
    [TestCase("2026-12-01T13:00:00%2B01:00", "3,4")]
    [TestCase("2026-12-01T13:00:00+01:00", "3,4")]
    [TestCase("2026-12-01T13:00:00%2B0100", "3,4")]
    [TestCase("2026-12-01T13:00:00+0100", "3,4")]
    [TestCase("2026-12-01T13:00:00%2B01", "3,4")]
    [TestCase("2026-12-01T13:00:00+01", "3,4")]
    [TestCase("2026-12-01 13:00:00 +01:00", "3,4")]
    [TestCase("2026-12-01T06:30:00-05:30", "3,4")]
    [TestCase("2026-12-01T12:00:00.000000000000000001Z", "3,4")]
    [TestCase("2026-12-01T12:00:00,5Z", "4")]
    [TestCase("20261201T120000Z", "3,4")]
    [TestCase("20261201T1200%2B0000", "3,4")]
    [TestCase("2026-11-30T24:00:00Z", "1,2,3,4")]
    [TestCase("0001-01-01T00:00:00Z", "1,2,3,4")]
    [TestCase("9999-12-31T23:59:59.9999999Z", "")]
    [TestCase("946684800000", "1,2,3,4")]
    [TestCase("4133980799999", "")]
    public async Task L7_from_accepts_all_usual_forms_of_a_time(string from, string ids)
    {
        var list = await _server.GetAsync("/api/proxy-logs/_logs?from=" + from.Replace(' ', '+'));
        string.Join(',', list.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("id").GetInt64())).Should().Be(ids);
    }

    [TestCase("1796126400", "seconds, multiply by 1000")]
    [TestCase("1796126400.123456789", "seconds, multiply by 1000")]
    [TestCase("1796126400000000", "microseconds, divide by 1000")]
    [TestCase("1796126400000000000", "nanoseconds, divide by 1000000")]
    [TestCase("946684799999", "")]
    [TestCase("4133980800000", "")]
    [TestCase("1796126400000.5", "")]
    [TestCase("0", "")]
    [TestCase("9223372036854775808", "")]
    [TestCase("99999999999999999999999999999999999999", "")]
    [TestCase("-5", "")]
    [TestCase("1h", "")]
    [TestCase("-1y", "")]
    [TestCase("-1M", "")]
    [TestCase("-h", "")]
    [TestCase("now-", "")]
    [TestCase("now15m", "")]
    [TestCase("-1.5h", "")]
    [TestCase("-999999999w", "")]
    [TestCase("-99999999999999999999s", "")]
    [TestCase("now%2B999999999d", "")]
    [TestCase("2026-13-01", "")]
    [TestCase("2026-02-29", "")]
    [TestCase("2026-12-01T25:00:00Z", "")]
    [TestCase("2026-12-01T24:00:01Z", "")]
    [TestCase("2026-12-01T12:60Z", "")]
    [TestCase("2026-12-01T12:00:00%2B15:00", "")]
    [TestCase("2026-12-01T12:00:00%2B01:60", "")]
    [TestCase("2026-12-01T12:00:00.Z", "")]
    [TestCase("2026-1201", "")]
    [TestCase("2026-12-01Z", "")]
    [TestCase("0000-01-01", "")]
    [TestCase("0001-01-01T00:00:00%2B01:00", "")]
    [TestCase("9999-12-31T23:59:59-01:00", "")]
    [TestCase("%D9%A2%D9%A0%D9%A2%D9%A6-12-01", "")]
    [TestCase("2026-12-01T12:00:00Z%0A", "")]
    public async Task L7_an_invalid_time_is_400_with_a_hint_about_the_unit(string text, string hint)
    {
        foreach (var (route, name) in new[] { ("", "from"), ("", "to"), ("/stream", "from"), ("/open", "to") })
        {
            using var response = await _server.Client.GetAsync(new Uri($"/api/proxy-logs/_logs{route}?{name}={text}", UriKind.Relative));
            response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
            var message = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("message").GetString();
            message.Should().StartWith($"Parameter '{name}' is '").And.EndWith(hint.Length > 0 ? $"; these look like {hint}." : "(ms, s, m, h, d, w).");
        }
    }

    [TestCase("2026-12-01T13:00:00%2B0100", HttpStatusCode.OK)]
    [TestCase("2026-12-01T13:00:00+01", HttpStatusCode.OK)]
    [TestCase("2026-12-01t12:00:00,123456z", HttpStatusCode.OK)]
    [TestCase("2026-12-01+12:00:00", HttpStatusCode.OK)]
    [TestCase("0001-01-01T00:00:00Z", HttpStatusCode.OK)]
    [TestCase("9999-12-31T23:59:59.9999999Z", HttpStatusCode.OK)]
    [TestCase("9999-12-31T23:59:59-01:00", HttpStatusCode.BadRequest)]
    [TestCase("0000-01-01T00:00:00Z", HttpStatusCode.BadRequest)]
    [TestCase("1796126400000", HttpStatusCode.BadRequest)]
    [TestCase("-1h", HttpStatusCode.BadRequest)]
    [TestCase("now", HttpStatusCode.BadRequest)]
    public async Task U5_after_accepts_ISO_8601_timestamps(string after, HttpStatusCode status)
    {
        using var response = await _server.Client.GetAsync(new Uri($"/v1/tunnels/{Tunnel}/requests?after={after}", UriKind.Relative));
        response.StatusCode.Should().Be(status);
        if (status == HttpStatusCode.BadRequest) (await response.Content.ReadAsStringAsync()).Should().Contain("INVALID_INPUT").And.Contain("\"after\"");
    }

    [Test]
    public async Task F4_a_relative_time_has_the_same_meaning_on_every_page()
    {
        var time = new ManualTime(Now);
        await using var server = await LogsApiServer.StartAsync(options => options.AdminFanout = true, time: time);
        for (var minute = -3; minute < 0; minute++) await server.AppendAsync(Some.Event(atMs: Ms(minute)));
        var ids = new List<long>();
        var cursor = "";
        do
        {
            var lines = (await server.Client.GetStringAsync(new Uri($"/api/proxy-logs/_logs?from=-3m&limit=1&cursor={cursor}", UriKind.Relative))).TrimEnd().Split('\n');
            ids.AddRange(lines[..^1].Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetInt64()));
            cursor = JsonDocument.Parse(lines[^1]).RootElement.GetProperty("cursor").GetString();
            time.Advance(TimeSpan.FromMinutes(1));
        }
        while (cursor is not null);

        ids.Should().Equal(1, 2, 3);
    }

    private static long Ms(int minutes) => Now.AddMinutes(minutes).ToUnixTimeMilliseconds();
}
