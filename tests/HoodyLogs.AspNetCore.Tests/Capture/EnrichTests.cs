using System.Text;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

/// <summary>Members that a host adds to <c>data</c> are limited and valid for any names and values. Omitted members are marked.</summary>
public sealed class EnrichTests
{
    [Test]
    public async Task Custom_data_is_limited_in_bytes()
    {
        var record = await CaptureAsync((_, data) =>
        {
            for (var i = 0; i < 20_000; i++) data.Add($"value{i}", new string('x', 8_192));
        });
        record.ResponseData!.Length.Should().BeInRange(24 * 1024, 34 * 1024);
        Truncated(record).Should().BeTrue();
    }

    [Test]
    public async Task Custom_data_is_limited_in_bytes_of_written_JSON()
    {
        var record = await CaptureAsync((_, data) =>
        {
            for (var i = 0; i < 20_000; i++) data.Add($"value{i}", new string('\u0001', 8_192));
            data.Add("small", 1);
        });
        record.ResponseData!.Length.Should().BeLessThan(34 * 1024);
        Truncated(record).Should().BeTrue();
    }

    [Test]
    public async Task Custom_data_is_limited_in_number_of_members()
    {
        var record = await CaptureAsync((_, data) =>
        {
            for (var i = 0; i < 1_000; i++) data.Add($"n{i}", i);
        });
        var names = record.Response().Data.EnumerateObject().Select(member => member.Name).Where(name => name[0] == 'n').ToList();
        names.Should().Equal(Enumerable.Range(0, 64).Select(i => $"n{i}"));
        Truncated(record).Should().BeTrue();
    }

    [Test]
    public async Task Data_within_the_limits_is_not_marked_as_truncated()
    {
        var record = await CaptureAsync((_, data) =>
        {
            data.Add("text", "a");
            data.Add("none", null);
            data.Add("number", 7);
            data.Add("flag", true);
            data.Add("timeMs", TimeSpan.FromMilliseconds(1.5));
        });
        Encoding.UTF8.GetString(record.ResponseData!).Should().EndWith("\"text\":\"a\",\"number\":7,\"flag\":true,\"timeMs\":1.5");
    }

    [Test]
    public async Task A_name_is_written_once_and_reserved_names_are_omitted()
    {
        string[] own = ["protocol", "endpoint", "bytesOut", "durationMs", "requestBodyState", "responseBodyState", "dataTruncated", "headers"];
        var record = await CaptureAsync(
            (_, data) =>
            {
                foreach (var name in own) data.Add(name, "host's");
                data.Add("mine", "first");
                data.Add("mine", "second");
                data.Add("x\ud800", 1);
                data.Add("x\ud801", 2);
                data.Add("Host", "inside of headers only");
            },
            headers: true);
        var data = record.Response().Data;
        var names = data.EnumerateObject().Select(member => member.Name).ToList();
        names.Should().OnlyHaveUniqueItems();
        data.GetProperty("mine").GetString().Should().Be("first");
        data.GetProperty("x\ufffd").GetInt32().Should().Be(1);
        data.GetProperty("Host").GetString().Should().StartWith("inside");
        data.GetRawText().Should().NotContain("host's");
        Truncated(record).Should().BeTrue();
    }

    [Test]
    public async Task Any_name_produces_valid_JSON()
    {
        string[] names = ["a\"b", "\\", "\n", "\0", "\ud800", "\u2028", ",", ":", "}", new('n', 128), "\ud83d\ude00"];
        var record = await CaptureAsync((_, data) =>
        {
            foreach (var name in names) data.Add(name, name);
            data.Add(new string('n', 129), 1);
        });
        var data = record.Response().Data;
        foreach (var name in names.Where(name => name != "\ud800")) data.GetProperty(name).GetString().Should().Be(name);
        data.TryGetProperty(new string('n', 129), out _).Should().BeFalse();
        Truncated(record).Should().BeTrue();
        record.ResponseData.Should().NotContain((byte)'\n');
    }

    [Test]
    public async Task An_empty_name_fails_the_delegate_and_earlier_members_stay()
    {
        foreach (var odd in new[] { "", null })
        {
            var record = await CaptureAsync((_, data) =>
            {
                data.Add("before", 1);
                data.Add(odd!, 2);
            });
            record.Response().Data("before").GetInt32().Should().Be(1);
        }
    }

    [Test]
    public async Task A_truncated_value_is_marked()
    {
        var record = await CaptureAsync((_, data) => data.Add("long", new string('x', 8_193)));
        record.Response().Data("long").GetString().Should().HaveLength(8_192);
        Truncated(record).Should().BeTrue();
    }

    private static bool Truncated(LogRecord record) => record.Response().Data("dataTruncated").GetBoolean();

    private static async Task<LogRecord> CaptureAsync(ExchangeEnricher enrich, bool headers = false)
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.MapGet("/", () => "ok"), options => (options.Capture.Enrich, options.Capture.CaptureHeaders) = (enrich, headers));
        (await server.Client.GetStringAsync("/")).Should().Be("ok");
        return await server.NextAsync();
    }
}
