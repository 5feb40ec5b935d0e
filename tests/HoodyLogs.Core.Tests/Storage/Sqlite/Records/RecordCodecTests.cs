using System.Text;
using FluentAssertions;
using HoodyLogs.Storage.Bodies;
using HoodyLogs.Storage.Sqlite.Diagnostics;
using HoodyLogs.Storage.Sqlite.Records;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite.Records;

/// <summary>Encoded records are decoded unchanged, and invalid bytes are reported as damage.</summary>
public sealed class RecordCodecTests
{
    private const long Id = 7;
    private static readonly BodyLocation Place = new(uint.MaxValue, new StoredBody(3, false, 0xDEADBEEF), new StoredBody(4_000_000, true, 5));
    private readonly List<byte[]> _kept = [];

    [TearDown]
    public void LetGo() => _kept.Clear();

    [TestCase(null, TraceForm.None)]
    [TestCase("", TraceForm.None)]
    [TestCase("4bf92f3577b34da6a3ce929d0e0e4736", TraceForm.Hex)]
    [TestCase("4BF92F3577B34DA6A3CE929D0E0E4736", TraceForm.Text)]
    [TestCase("0190163d-8694-739b-aea5-966c26f8ad91", TraceForm.Uuid)]
    [TestCase("sixteen letters.", TraceForm.Text)]
    public void A_trace_id_of_any_format_is_decoded_unchanged(string? traceId, object form)
    {
        var fields = Read(Encode(Some.Exchange(traceId: traceId)));

        fields.Flags.Trace.Should().Be((TraceForm)form);
        if (form is TraceForm.Text) Text(fields.Trace).Should().Be(traceId);
        else fields.Trace.Span.Length.Should().Be(form is TraceForm.None ? 0 : TraceHash.EncodedSize);
    }

    [TestCase(0, 0L, 0L, 0L, -1L, 0)]
    [TestCase(127, 127L, 127L, 126L, 127L, 127)]
    [TestCase(128, 128L, 128L, 127L, 128L, 999)]
    [TestCase(int.MaxValue, LogRecord.MaxTimestampMs, LogRecord.MaxDurationUs, long.MaxValue, -5L, 599)]
    public void Numbers_of_any_size_are_decoded_unchanged(int series, long atMs, long durationUs, long bytesIn, long bytesOut, int status)
    {
        var record = new LogRecord
        {
            Shape = RecordShape.Exchange,
            TimestampMs = atMs,
            DurationUs = durationUs,
            BytesIn = bytesIn,
            BytesOut = bytesOut,
            SentStatus = status,
        };

        var fields = Read(Encode(record, series));

        (fields.Series, fields.TimestampMs, fields.DurationUs, fields.Status).Should().Be((series, atMs, durationUs, status));
        (fields.BytesIn, fields.BytesOut).Should().Be((bytesIn, Math.Max(-1, bytesOut)));
        fields.IngestedUs.Should().Be(record.IngestedAtUs, "the ingestion time can be before or after the time of the record");
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(127)]
    [TestCase(128)]
    [TestCase(20_000)]
    public void Texts_of_any_length_are_decoded_unchanged(int length)
    {
        var (letters, umlauts, signs) = (new string('a', length), new string('ü', length), new string('語', length));
        var record = new LogRecord
        {
            Shape = RecordShape.Exchange,
            TimestampMs = 1,
            Url = letters,
            ClientIp = umlauts,
            UserAgent = signs,
            OwnRequestData = Encoding.UTF8.GetBytes(letters),
            OwnResponseData = Encoding.UTF8.GetBytes(umlauts),
        };

        var fields = Read(Encode(record));

        (Text(fields.Url), Text(fields.ClientIp), Text(fields.UserAgent)).Should().Be((letters, umlauts, signs));
        (Text(fields.RequestData), Text(fields.ResponseData)).Should().Be((letters, umlauts));
    }

    [Test]
    public void Body_states_and_locations_are_decoded_unchanged()
    {
        foreach (var state in Enum.GetValues<BodyState>())
        {
            var other = (BodyState)(BodyState.Lost - state);
            var record = new LogRecord { Shape = RecordShape.Exchange, TimestampMs = 1, RequestBodyState = state, ResponseBodyState = other };
            Read(Encode(record)).Bodies.Should().Be(default(BodyLocation));

            var fields = Read(Encode(record.WithBodies(null, Some.Text("body"))));

            (fields.Flags.RequestState, fields.Flags.ResponseState).Should().Be((state, other));
            (fields.Flags.HasRequestBody, fields.Flags.HasResponseBody).Should().Be((false, true));
            (fields.Flags.RequestBodyIsText, fields.Flags.ResponseBodyIsText).Should().Be((false, true));
            fields.Bodies.Should().Be(Place);
        }
    }

    [Test]
    public void A_truncated_or_extended_row_is_reported_as_damaged()
    {
        var encoded = Encode(Some.Exchange(requestData: "\"route\":\"users\"").WithBodies(Some.Text("body"), null));

        for (var length = 0; length < encoded.Length; length++) IsDamaged(encoded[..length]).Should().BeTrue($"only {length} bytes are left");
        IsDamaged(encoded).Should().BeFalse();
        IsDamaged([.. encoded, 0]).Should().BeTrue();
        IsDamaged([.. Enumerable.Repeat((byte)0xFF, 1_000)]).Should().BeTrue("no number is as long");
    }

    [Test]
    public void Random_bytes_are_decoded_or_reported_as_damaged_without_reading_beyond_the_end()
    {
        var encoded = Encode(Some.Exchange(requestData: "\"route\":\"users\"").WithBodies(Some.Text("body"), null));
        var random = new Random(1);
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = encoded.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (IsDamaged(bytes)) continue;

            var fields = Read(bytes);
            fields.Series.Should().BeGreaterThanOrEqualTo(0);
            fields.TimestampMs.Should().BeInRange(0, LogRecord.MaxTimestampMs);
            fields.DurationUs.Should().BeInRange(0, LogRecord.MaxDurationUs);
            DateTime.UnixEpoch.AddMicroseconds(fields.IngestedUs).Year.Should().BeInRange(1970, 9999);
            fields.Bodies.Bytes.Should().BeLessThanOrEqualTo(Array.MaxLength);
        }
    }

    private static byte[] Encode(LogRecord record, int series = 1)
    {
        record.AssignIds(Id, Some.ArrivalMs * 1000, new LogSeries(series, record.Key));
        var room = new byte[RecordCodec.MaxSize(record)];
        var writer = new VarintWriter(room);
        RecordCodec.Write(record, Place, ref writer);
        return room[..writer.Length];
    }

    // Fields point to the bytes, which must neither move nor be collected.
    private RecordFields Read(byte[] encoded)
    {
        var still = GC.AllocateUninitializedArray<byte>(encoded.Length, pinned: true);
        encoded.CopyTo(still, 0);
        _kept.Add(still);
        RecordCodec.ReadHead(still, Id, out var fields);
        RecordCodec.ReadRest(Id, ref fields);
        return fields;
    }

    private bool IsDamaged(byte[] encoded)
    {
        try
        {
            Read(encoded);
            return false;
        }
        catch (LogStoreException failure)
        {
            StoreDamage.IsDamage(failure).Should().BeTrue();
            failure.Message.Should().Contain($"Row {Id} ");
            return true;
        }
    }

    private static string Text(ColumnBytes bytes) => Encoding.UTF8.GetString(bytes.Span);
}
