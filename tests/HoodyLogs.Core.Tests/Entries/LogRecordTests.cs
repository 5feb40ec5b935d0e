using System.Text;
using FluentAssertions;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Entries;

/// <summary>Invalid values are rejected when a record is created. The exception names the member.</summary>
public sealed class LogRecordTests
{
    [TestCase("a")]
    [TestCase("\"a\"")]
    [TestCase("\"a\":")]
    [TestCase("\"a\":1,")]
    [TestCase(",\"a\":1")]
    [TestCase("\"a\":1}")]
    [TestCase("\"a\":1},{\"b\":2")]
    [TestCase("\"a\":{\"b\":1")]
    [TestCase("{\"a\":1}")]
    [TestCase("\"a\":1 // comment")]
    [TestCase("\"a\":1,\n\"b\":2")]
    [TestCase("\"a\":1,\r\"b\":2")]
    [TestCase("\"a\":1,\t\"b\":2")]
    [TestCase("\"a\":\"\0\"")]
    [TestCase("\"a\":1\0")]
    [TestCase("\"a\":NaN")]
    [TestCase("\"a\":01")]
    [TestCase("'a':1")]
    [TestCase("a:1")]
    [TestCase(" ")]
    [TestCase("\"a\":1,\"a\":2")]
    [TestCase("\"a\":1,\"\\u0061\":2")]
    [TestCase("\"a\":{\"b\":1,\"b\":2}")]
    [TestCase("\"a\":\"\\ud800\"")]
    [TestCase("\"a\":[\"\\udc00\\ud800\"]")]
    [TestCase("\"\\ud800\":1")]
    public void Data_that_is_not_JSON_members_on_one_line_is_rejected(string data)
    {
        var bytes = Encoding.UTF8.GetBytes(data);
        Refuses(() => new LogRecord { Shape = RecordShape.Exchange, TimestampMs = 1, RequestData = bytes }, nameof(LogRecord.RequestData));
        Refuses(() => new LogRecord { Shape = RecordShape.Exchange, TimestampMs = 1, ResponseData = bytes }, nameof(LogRecord.ResponseData));
    }

    [Test]
    public void Data_that_is_not_UTF_8_or_too_long_or_too_deep_is_rejected()
    {
        byte[][] odd =
        [
            [.. "\"a\":\""u8, 0xff, .. "\""u8],
            [.. "\"a\":\""u8, 0xed, 0xa0, 0x80, .. "\""u8],
            Encoding.UTF8.GetBytes($"\"a\":\"{new string('x', 262_144)}\""),
            Encoding.UTF8.GetBytes($"\"a\":{new string('[', 40)}{new string(']', 40)}"),
        ];
        foreach (var data in odd)
        {
            Refuses(() => new LogRecord { Shape = RecordShape.Event, TimestampMs = 1, RequestData = data }, nameof(LogRecord.RequestData));
        }
    }

    [TestCase("\"a\":1")]
    [TestCase("\"a\":1, \"b\" : \"\\n\\u0000\"")]
    [TestCase("\"\":[{\"a\":1},{\"a\":1}],\"\u00e9\":null")]
    [TestCase(null)]
    [TestCase("")]
    public void Valid_data_is_accepted(string? data)
    {
        var bytes = data is null ? null : Encoding.UTF8.GetBytes(data);
        new LogRecord { Shape = RecordShape.Exchange, TimestampMs = 1, RequestData = bytes, ResponseData = bytes }.RequestData.Should().BeSameAs(bytes);
    }

    [TestCase(RecordShape.Exchange, "bytesIn", true)]
    [TestCase(RecordShape.Exchange, "userAgent", true)]
    [TestCase(RecordShape.Exchange, "requestBodyState", true)]
    [TestCase(RecordShape.Exchange, "durationMs", false)]
    [TestCase(RecordShape.Request, "bytesIn", true)]
    [TestCase(RecordShape.Response, "durationMs", true)]
    [TestCase(RecordShape.Response, "bytesOut", true)]
    [TestCase(RecordShape.Response, "bytesIn", false)]
    [TestCase(RecordShape.Event, "durationMs", false)]
    [TestCase(RecordShape.Event, "responseBodyState", true)]
    public void Reserved_names_are_rejected_in_any_order_of_initialization(RecordShape shape, string name, bool isRefused)
    {
        var data = Encoding.UTF8.GetBytes($"\"{name}\":1");
        var shapeFirst = () => new LogRecord { Shape = shape, TimestampMs = 1, RequestData = data };
        var dataFirst = () => new LogRecord { RequestData = data, TimestampMs = 1, Shape = shape };
        foreach (var make in new[] { shapeFirst, dataFirst })
        {
            if (isRefused) Refuses(make, nameof(LogRecord.RequestData));
            else make.Should().NotThrow();
        }
    }

    [Test]
    public void Reserved_names_of_the_response_are_rejected_in_its_data()
    {
        Refuses(() => Some.Exchange(responseData: "\"durationMs\":1"), nameof(LogRecord.ResponseData));
        Refuses(() => Some.Exchange(responseData: "\"responseBodyState\":1"), nameof(LogRecord.ResponseData));
        Some.Exchange(responseData: "\"bytesIn\":1").ResponseData.Should().NotBeNull();
    }

    [Test]
    public void E1_undefined_enum_values_are_rejected()
    {
        Refuses(() => new LogRecord { Shape = (RecordShape)4, TimestampMs = 1 }, nameof(LogRecord.Shape));
        Refuses(() => new LogRecord { Shape = RecordShape.Event, TimestampMs = 1, Level = (EntryLevel)4 }, nameof(LogRecord.Level));
        Refuses(() => new LogRecord { Shape = RecordShape.Event, TimestampMs = 1, Source = (EntrySource)2 }, nameof(LogRecord.Source));
        Refuses(() => new LogRecord { Shape = RecordShape.Event, TimestampMs = 1, RequestBodyState = (BodyState)16 }, nameof(LogRecord.RequestBodyState));
        Refuses(() => new LogRecord { Shape = RecordShape.Event, TimestampMs = 1, ResponseBodyState = (BodyState)255 }, nameof(LogRecord.ResponseBodyState));
    }

    [TestCase(-1)]
    [TestCase(1)]
    [TestCase(99)]
    [TestCase(600)]
    [TestCase(int.MaxValue)]
    [TestCase(int.MinValue)]
    public void An_invalid_status_is_rejected(int status) => Refuses(() => Some.Exchange(status: status), nameof(LogRecord.Status));

    [Test]
    public void Ids_with_control_characters_or_half_surrogate_pairs_are_rejected()
    {
        foreach (var id in new[] { "a\nb", "a\0", "\u007f", "\u0085", "\ud800", "a\udc00b", "\udc00\ud800" }) RefusesId(id);
    }

    private static void RefusesId(string id)
    {
        Refuses(() => Some.Exchange(project: id), nameof(LogRecord.ProjectId));
        Refuses(() => Some.Exchange(container: id), nameof(LogRecord.ContainerId));
        Refuses(() => Some.Exchange(service: id), nameof(LogRecord.ServiceName));
        Refuses(() => Some.Exchange(traceId: id), nameof(LogRecord.TraceId));
    }

    [Test]
    public void Texts_that_are_too_long_are_rejected()
    {
        var text = new string('x', 65_537);
        Refuses(() => Some.Exchange(url: text), nameof(LogRecord.Url));
        Refuses(() => new LogRecord { Shape = RecordShape.Event, TimestampMs = 1, ClientIp = text }, nameof(LogRecord.ClientIp));
        Refuses(() => new LogRecord { Shape = RecordShape.Event, TimestampMs = 1, UserAgent = text }, nameof(LogRecord.UserAgent));
        Refuses(() => Some.Exchange(traceId: new string('x', 129)), nameof(LogRecord.TraceId));
    }

    [TestCase("")]
    [TestCase("G T")]
    [TestCase("G\"T")]
    [TestCase("GET\n")]
    [TestCase("\u00dcBER")]
    [TestCase("MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMM")]
    public void An_invalid_HTTP_method_is_rejected(string method) => Refuses(() => Some.Exchange(method: method), nameof(LogRecord.Method));

    [Test]
    public void E7_a_text_body_that_is_not_UTF_8_is_rejected()
    {
        Refuses(() => Some.Exchange().WithBodies(new CapturedBody(new byte[] { 0xff }, true), null), "request");
        Refuses(() => Some.Exchange().WithBodies(null, new CapturedBody(new byte[] { 0xc3 }, true)), "response");
        Some.Exchange().WithBodies(Some.Bytes(0xff), null).RequestBody.Should().NotBeNull();
    }

    [Test]
    public void Negative_byte_counts_mean_unknown() =>
        new LogRecord { Shape = RecordShape.Exchange, TimestampMs = 1, BytesIn = -7, BytesOut = long.MinValue }
            .Should().BeEquivalentTo(new { BytesIn = -1L, BytesOut = -1L });

    private static void Refuses(Func<LogRecord> make, string member) => make.Should().Throw<ArgumentException>().Which.ParamName.Should().Be(member);
}
