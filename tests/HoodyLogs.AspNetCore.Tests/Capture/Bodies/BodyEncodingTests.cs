using System.Text;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Bodies;

/// <summary>The encoding of a text is detected by its bytes, even if its content type is missing or wrong.</summary>
public sealed class BodyEncodingTests
{
    private const string Json = """{"password":"hunter2","a":"é日本"}""";
    private const string Form = "user=me&password=hunter2&x=é";

    [Test]
    public async Task UTF16_and_UTF32_are_detected_by_their_bytes(
        [Values("utf-16", "utf-16BE", "utf-32", "utf-32BE")] string encoding,
        [Values] bool hasMark,
        [Values(null, "text/plain", "application/json", "text/plain; charset=utf-8", "application/json; charset=utf-7", "text/plain; charset=nonsense",
            "text/plain; charset=iso-8859-1", "text/plain; charset=utf-16", "text/html; charset=utf-32", "application/x-www-form-urlencoded")]
        string? type)
    {
        var bytes = Encoding.GetEncoding(encoding).GetBytes((hasMark ? "\uFEFF" : "") + Json);
        var record = await PostedBody.SendAsync(bytes, type);
        record.Request().RequestBody.Should().Be(Json.Replace("hunter2", "[redacted]", StringComparison.Ordinal));
        record.RequestBodyState.Should().Be(BodyState.Full);
    }

    [Test]
    public async Task Forms_in_UTF16_and_UTF32_are_redacted(
        [Values("utf-16", "utf-16BE", "utf-32", "utf-32BE")] string encoding, [Values] bool hasMark, [Values(null, "application/x-www-form-urlencoded")] string? type)
    {
        var bytes = Encoding.GetEncoding(encoding).GetBytes((hasMark ? "\uFEFF" : "") + Form);
        (await PostedBody.SendAsync(bytes, type)).Request().RequestBody.Should().Be("user=me&password=[redacted]&x=é");
    }

    [Test]
    public async Task UTF8_with_a_wrong_charset_is_redacted_or_not_stored(
        [Values("utf-16", "utf-32", "utf-16BE", "utf-7", "ibm037", "ibm500", "x-unknown", "hz-gb-2312", "iso-2022-jp", "windows-1252")] string charset,
        [Values("text/plain", "application/json", "text/html")] string type)
    {
        var record = await PostedBody.SendAsync("""{"password":"hunter2","a":1}"""u8.ToArray(), $"{type}; charset={charset}");
        var shown = PostedBody.Shown(record);
        shown.Should().NotContain("hunter2");
        Encoding.Latin1.GetString(Encoding.Unicode.GetBytes(shown)).Should().NotContain("hunter2");
        record.RequestBodyState.Should().Be(charset is "utf-7" or "ibm037" or "ibm500" or "x-unknown" ? BodyState.Redacted : BodyState.Full);
    }

    [Test]
    public async Task A_UTF16_byte_order_mark_before_other_text_does_not_hide_secrets()
    {
        foreach (byte[] mark in new byte[][] { [0xff, 0xfe], [0xfe, 0xff], [0xff, 0xfe, 0, 0], [0, 0, 0xfe, 0xff] })
        {
            var record = await PostedBody.SendAsync([.. mark, .. "password=hunter2&a=b"u8], "text/plain");
            (record.RequestBody, record.RequestBodyState).Should().Be((null, BodyState.Redacted));
        }
    }

    [Test]
    public async Task Truncated_UTF16_is_redacted([Values("utf-16", "utf-32")] string encoding)
    {
        var bytes = Encoding.GetEncoding(encoding).GetBytes(Json + Json);
        var record = await PostedBody.SendAsync(bytes, "application/json", options: PostedBody.Both + (options => options.Capture.MaxBodyBytes = bytes.Length - 5));
        record.Request().RequestBody.Should().StartWith("""{"password":"[redacted]",""").And.NotContain("hunter2");
        record.RequestBodyState.Should().Be(BodyState.Capped);
    }

    [Test]
    public async Task An_overlong_content_type_is_not_cached()
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.Run(context => context.Request.Body.CopyToAsync(context.Response.Body)), PostedBody.Both);
        await PostedBody.SendAsync(server, Encoding.UTF8.GetBytes(Json), "application/json");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 600; i++)
        {
            var record = await PostedBody.SendAsync(server, Encoding.UTF8.GetBytes(Json), $"application/json; x={i}{new string('y', 20_000)}");
            record.RequestBodyState.Should().Be(BodyState.Redacted);
            record.ReleaseBodies();
        }

        (GC.GetTotalMemory(forceFullCollection: true) - before).Should().BeLessThan(600 * 20_000, "the texts would take twice that");
    }
}
