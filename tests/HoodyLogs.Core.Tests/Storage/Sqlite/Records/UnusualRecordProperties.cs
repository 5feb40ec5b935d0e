using System.Buffers;
using System.Text;
using System.Text.Json;
using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using HoodyLogs.Entries;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite.Records;

/// <summary>A record with unusual values is either refused when it is created, or every read returns it as valid JSON.</summary>
public sealed class UnusualRecordProperties : SqliteStoreTest
{
    private static readonly string?[] Texts =
        [null, "", "a", "a\nb", "\0", "\ud800", "x\udc00y", "\ud83d\ude00", "\"\\", "\u2028\u0085", new('x', 200), new('\ud800', 70_000), "</script>", "4bf92f3577b34da6a3ce929d0e0e4736"];

    private static readonly string?[] Members =
    [
        null, "", "\"a\":1", "\"a\":1,\"a\":2", "\"a\":", "}", "\"a\":1},{\"b\":1", "\"a\":\"\n\"", "\n", "\"bytesIn\":1", "\"durationMs\":1", "\"responseBodyState\":\"x\"",
        "\"protocol\":\"x\",\"method\":\"M\\u0022\"", "\"protocol\":\"\",\"method\":\"BREW\"", "\"a\":\"\\ud800\"", "\"\\ud800\":1,\"\\udc00\":2", "\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", "\"a\":1e999",
    ];

    [Test]
    public async Task Every_read_returns_valid_JSON_for_all_stored_records()
    {
        await using var store = await OpenAsync();
        var taken = 0;
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 20; i++)
            {
                if (TryMake(random) is not { } record) continue;
                // FsCheck properties are synchronous.
                store.AppendAsync([record], CancellationToken.None).AsTask().GetAwaiter().GetResult();
                taken++;
                foreach (var part in record.Shape == RecordShape.Exchange ? new[] { RecordParts.First, RecordParts.Second } : [RecordParts.First])
                {
                    RecordEntryViews.Visit(record, part, true, Check);
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));
        taken.Should().BeGreaterThan(20);
        var returned = 0;
        var query = new LogQuery { Limit = int.MaxValue, IncludeRequestBody = true, IncludeResponseBody = true, MaxBytes = long.MaxValue };
        await store.ReadAsync(
            LogScope.All,
            query,
            (in LogEntryView entry) =>
            {
                Check(entry);
                returned++;
            },
            CancellationToken.None);
        returned.Should().BeGreaterThanOrEqualTo(taken);
    }

    private static void Check(in LogEntryView entry)
    {
        var json = new ArrayBufferWriter<byte>();
        LogEntryJson.Write(json, entry);
        json.WrittenSpan.ContainsAnyInRange((byte)0, (byte)0x1F).Should().BeFalse("a frame is one line");
        using var document = JsonDocument.Parse(json.WrittenMemory, new JsonDocumentOptions { AllowDuplicateProperties = false });
        document.RootElement.GetProperty("kind").GetString().Should().BeOneOf("request", "response", "event");
        document.RootElement.GetProperty("level").GetString().Should().BeOneOf("debug", "info", "warn", "error");
        LogEntry.From(entry).Id.Should().Be(entry.Id);
    }

    private static LogRecord? TryMake(Random random)
    {
        try
        {
            return new LogRecord
            {
                Shape = (RecordShape)random.Next(5),
                Level = (EntryLevel)random.Next(5),
                Source = (EntrySource)random.Next(3),
                ProjectId = Odd(random),
                ContainerId = Odd(random),
                ServiceName = Odd(random),
                Method = random.Next(3) == 0 ? Odd(random) : "GET",
                TraceId = Odd(random),
                TimestampMs = Pick(random, 0L, -1, long.MaxValue, long.MinValue, 1),
                DurationUs = Pick(random, 0L, -1, long.MaxValue, long.MinValue, 1),
                Url = Odd(random),
                ClientIp = Odd(random),
                UserAgent = Odd(random),
                Status = Pick(random, 0, 100, 200, 599, random.Next(3) == 0 ? -1 : 404),
                BytesIn = Pick(random, -1L, 0, long.MaxValue, long.MinValue),
                BytesOut = Pick(random, -1L, 0, long.MaxValue, long.MinValue),
                RequestData = Data(random),
                ResponseData = Data(random),
                RequestBodyState = (BodyState)random.Next(11),
                ResponseBodyState = (BodyState)random.Next(11),
            }.WithBodies(Body(random), Body(random));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    // Most values are valid, because one invalid value is enough to refuse a record.
    private static string? Odd(Random random) => random.Next(6) > 0 ? "plain" : Pick(random, Texts);

    private static byte[]? Data(Random random) => Pick(random, random.Next(3) > 0 ? "\"a\":\"b\"" : Pick(random, Members)) is { } members ? Encoding.UTF8.GetBytes(members) : null;

    private static CapturedBody? Body(Random random) => random.Next(5) switch
    {
        0 => new CapturedBody(new byte[] { 0xff, 0 }, random.Next(3) == 0),
        1 => new CapturedBody("text\n\0"u8.ToArray(), true),
        _ => null,
    };

    private static T Pick<T>(Random random, params T[] values) => values[random.Next(values.Length)];
}
