using System.Buffers;
using System.Text;
using System.Text.Json;
using FluentAssertions;
using HoodyLogs.Entries;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Entries;

public sealed class LogEntryJsonTests
{
    [Test]
    public void E1_fields_appear_in_the_documented_order()
    {
        Names(Json(Some.Exchange())).Should().Equal(
            "id", "traceId", "tsMs", "tsIso", "kind", "level", "projectId", "containerId", "serviceName", "method", "url", "clientIp", "status",
            "data", "source");
    }

    [Test]
    public void E1_bodies_are_last_and_only_present_if_included()
    {
        var record = new LogRecord
        {
            Shape = RecordShape.Exchange,
            TimestampMs = Some.ArrivalMs,
            RequestBodyState = BodyState.Full,
            ResponseBodyState = BodyState.Capped,
        };

        var json = Json(record, RecordParts.Second, (Some.Text("in"), Some.Bytes(0xff, 0)));

        Names(json)[^5..].Should().Equal("source", "requestBody", "responseBody", "responseBodyEncoding", "bodyTruncated");
        json.GetProperty("responseBody").GetString().Should().Be("/wA=");
        json.GetProperty("bodyTruncated").GetBoolean().Should().BeTrue();
        Names(Json(record)).Should().NotContain(name => name.Contains("Body"));
    }

    [TestCase("\"protocol\":\"HTTP/1.1\",\"method\":\"BREW\",\"x\":1", "BREW")]
    [TestCase("\"protocol\":\"HTTP/1.1\",\"method\":\"B\\\"W\"", null)]
    [TestCase("\"protocol\":\"HTTP/1.1\"", null)]
    [TestCase("\"protocol\":\"", null)]
    [TestCase("", null)]
    public void E1_an_uncommon_method_is_shown_as_method(string data, string? method)
    {
        var record = new LogRecord
        {
            Shape = RecordShape.Request,
            TimestampMs = 0,
            Url = "/",
            OwnRequestData = Encoding.UTF8.GetBytes(data),
        };
        var json = Encoding.UTF8.GetString(Bytes(record, RecordParts.First, null));

        if (method is null) json.Should().Contain("\"info\",\"url\"");
        else json.Should().Contain($"\"info\",\"method\":\"{method}\",\"url\":\"/\"");
    }

    [Test]
    public void E1_a_field_without_a_value_is_omitted()
    {
        var json = Json(new LogRecord { Shape = RecordShape.Event, TimestampMs = 0 });

        Names(json).Should().Equal("id", "tsMs", "tsIso", "kind", "level", "source");
    }

    [TestCase(1_718_201_234_000, "2024-06-12T14:07:14.000Z")]
    [TestCase(1_718_201_234_102, "2024-06-12T14:07:14.102Z")]
    [TestCase(951_782_399_999, "2000-02-28T23:59:59.999Z")]
    [TestCase(0, "1970-01-01T00:00:00.000Z")]
    [TestCase(long.MaxValue, "9998-12-31T23:59:59.999Z")]
    public void E2_tsIso_has_three_fractional_digits_and_equals_tsMs(long atMs, string expected)
    {
        var json = Json(Some.Exchange(atMs: atMs, durationUs: 0));

        json.GetProperty("tsIso").GetString().Should().Be(expected);
        DateTimeOffset.Parse(expected, null).ToUnixTimeMilliseconds().Should().Be(json.GetProperty("tsMs").GetInt64());
    }

    [Test]
    public void E4_the_two_entries_of_an_exchange_differ_only_in_id_kind_time_and_data()
    {
        var record = Some.Exchange(durationUs: 102_000);
        var (request, response) = (Json(record), Json(record, RecordParts.Second));

        response.GetProperty("id").GetInt64().Should().Be(request.GetProperty("id").GetInt64() + 1);
        response.GetProperty("tsMs").GetInt64().Should().Be(request.GetProperty("tsMs").GetInt64() + 102);
        Names(request).Where(name => request.GetProperty(name).ToString() != response.GetProperty(name).ToString())
            .Should().Equal("id", "tsMs", "tsIso", "kind", "data");
    }

    [TestCase(102_000, "102")]
    [TestCase(42_500, "42.5")]
    [TestCase(1_031, "1.031")]
    [TestCase(1_030, "1.03")]
    [TestCase(7, "0.007")]
    [TestCase(0, "0")]
    public void E6_durationMs_keeps_its_fraction(long durationUs, string expected) =>
        Json(Some.Exchange(durationUs: durationUs), RecordParts.Second).GetProperty("data").GetProperty("durationMs").GetRawText().Should().Be(expected);

    [Test]
    public void E6_data_starts_with_the_documented_members()
    {
        var record = Some.Exchange(requestData: "\"protocol\":\"HTTP/2\"", responseData: "\"protocol\":\"HTTP/2\",\"cluster\":\"c\"");

        Json(record).GetProperty("data").GetRawText().Should().Be("""{"bytesIn":412,"userAgent":"Hoody-CLI/1.4.2","protocol":"HTTP/2"}""");
        Json(record, RecordParts.Second).GetProperty("data").GetRawText()
            .Should().Be("""{"bytesOut":318,"durationMs":102,"protocol":"HTTP/2","cluster":"c"}""");
    }

    [Test]
    public void Data_without_members_is_an_empty_object()
    {
        var record = new LogRecord { Shape = RecordShape.Request, TimestampMs = 0 };

        Json(record).GetProperty("data").GetRawText().Should().Be("{}");
    }

    [TestCase("/a\"b\\c\n\r\t\u0001\u007f")]
    [TestCase("/\u00fc\u4f60\ud83d\ude00/\u2028")]
    [TestCase("/<script>&'")]
    public void Any_text_survives_a_JSON_round_trip(string url)
    {
        Json(Some.Exchange(url: url)).GetProperty("url").GetString().Should().Be(url);
        var service = string.Concat(url.Where(letter => !char.IsControl(letter)));
        Json(Some.Exchange(service: service)).GetProperty("serviceName").GetString().Should().Be(service);
    }

    [Test]
    public void A_lone_surrogate_is_replaced()
    {
        Json(Some.Exchange(url: "/\ud800x")).GetProperty("url").GetString().Should().Be("/\ufffdx");
    }

    [Test]
    public void Texts_longer_than_the_buffers_survive_a_JSON_round_trip()
    {
        var text = string.Concat(Enumerable.Range(0, 50_000).Select(i => i % 7 == 0 ? "\"" : i % 11 == 0 ? "\ud83d\ude00" : "x"));

        Json(Some.Exchange(url: text, service: text)).GetProperty("url").GetString().Should().Be(text);
        Json(Some.Exchange(service: text)).GetProperty("serviceName").GetString().Should().Be(text);
        Json(Some.Exchange(), RecordParts.First, (Some.Text(text), null)).GetProperty("requestBody").GetString().Should().Be(text);
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(3 * 1024)]
    [TestCase((3 * 1024) + 1)]
    [TestCase(100_000)]
    public void E7_bytes_are_base64(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);

        var json = Json(Some.Exchange(), RecordParts.First, (Some.Bytes(bytes), null));

        json.GetProperty("requestBody").GetBytesFromBase64().Should().Equal(bytes);
        json.GetProperty("requestBodyEncoding").GetString().Should().Be("base64");
    }

    [TestCase(BodyState.Full, false)]
    [TestCase(BodyState.Empty, false)]
    [TestCase(BodyState.Capped, true)]
    [TestCase(BodyState.ExcludedType, true)]
    [TestCase(BodyState.Redacted, true)]
    public void E7_bodyTruncated_is_true_if_an_included_body_is_incomplete(BodyState state, bool expected)
    {
        var record = new LogRecord { Shape = RecordShape.Exchange, TimestampMs = 0, RequestBodyState = state };

        var json = Json(record, RecordParts.First, (null, null));

        json.GetProperty("bodyTruncated").GetBoolean().Should().Be(expected);
        json.GetProperty("data").GetProperty("requestBodyState").GetString().Should().Be(JsonNamingPolicy.CamelCase.ConvertName(state.ToString()));
    }

    [Test]
    public void An_entry_is_one_line() =>
        Encoding.UTF8.GetString(Bytes(Some.Exchange(url: "/a\nb", requestData: "\"x\":\"y\""), RecordParts.First, null)).Should().NotContain("\n");

    [Test]
    public void An_object_equals_the_JSON()
    {
        var record = Numbered(Some.Exchange(requestData: "\"protocol\":\"HTTP/2\""));
        LogEntry? entry = null;

        RecordEntryViews.Visit(record, RecordParts.First, true, (in LogEntryView view) => entry = LogEntry.From(view));

        entry.Should().BeEquivalentTo(new
        {
            Id = 42L,
            record.TraceId,
            TsMs = Some.ArrivalMs,
            Kind = EntryKind.Request,
            Level = EntryLevel.Info,
            ProjectId = "p1",
            ContainerId = "c1",
            ServiceName = "api",
            Method = "GET",
            Url = "/v1/users",
            ClientIp = "203.0.113.42",
            Status = 200,
            Source = EntrySource.Backend,
        });
        entry!.Data.GetProperty("protocol").GetString().Should().Be("HTTP/2");
        entry.Timestamp.ToUnixTimeMilliseconds().Should().Be(Some.ArrivalMs);
    }

    private static string[] Names(JsonElement json) => [.. json.EnumerateObject().Select(member => member.Name)];

    private static JsonElement Json(LogRecord record, RecordParts face = RecordParts.First, (CapturedBody? Request, CapturedBody? Response)? bodies = null) =>
        JsonElement.Parse(Bytes(record, face, bodies));

    private static byte[] Bytes(LogRecord record, RecordParts face, (CapturedBody? Request, CapturedBody? Response)? bodies)
    {
        var buffer = new ArrayBufferWriter<byte>();
        RecordEntryViews.Visit(Numbered(record), face, true, (in LogEntryView view) => LogEntryJson.Write(
            buffer, bodies is { } given ? view.WithBodies(true, given.Request, true, given.Response) : view));
        return buffer.WrittenSpan.ToArray();
    }

    private static LogRecord Numbered(LogRecord record)
    {
        if (record.Id == 0) record.AssignIds(42, 1, new LogSeries(0, record.Key));
        return record;
    }
}
