using System.Text;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Bodies;

/// <summary>Bodies that redaction cannot read are not stored, unless the option is set.</summary>
public sealed class UnreadableBodyTests
{
    private const string Secret = "hunter2";

    private static readonly (string Name, byte[] Bytes)[] Formats =
    [
        ("MessagePack", [0x81, 0xa8, .. "password"u8, 0xa7, .. "hunter2"u8]),
        ("CBOR", [0xa1, 0x68, .. "password"u8, 0x67, .. "hunter2"u8]),
        ("CBOR of unknown length", [0xbf, 0x68, .. "password"u8, 0x67, .. "hunter2"u8, 0xff]),
        ("BSON", [0x20, 0, 0, 0, 2, .. "password"u8, 0, 8, 0, 0, 0, .. "hunter2"u8, 0, 0]),
        ("protobuf", [0x0a, 5, .. "alice"u8, 0x12, 7, .. "hunter2"u8]),
        ("Avro", [0x0a, .. "alice"u8, 0x0e, .. "hunter2"u8]),
        ("Thrift", [0x0b, 0, 1, 0, 0, 0, 7, .. "hunter2"u8, 0]),
        ("binary plist", [.. "bplist00"u8, 0xd1, 1, 2, 0x58, .. "password"u8, 0x57, .. "hunter2"u8, 8, 0, 0, 0, 0]),
        ("zip", [.. "PK"u8, 3, 4, 20, 0, 0, 0, 0, 0, .. "a.txt"u8, .. "hunter2"u8]),
        ("PDF", [.. "%PDF-1.4\n(hunter2) Tj\n%%EOF"u8]),
        ("Smile", [.. ":)\n"u8, 1, 0xfa, 0x87, .. "password"u8, 0x46, .. "hunter2"u8]),
        ("UBJSON", [.. "{i"u8, 8, .. "passwordSi"u8, 7, .. "hunter2}"u8]),
        ("zstd", [0x28, 0xb5, 0x2f, 0xfd, 0x20, 7, 0x39, 0, 0, .. "hunter2"u8]),
        ("overlong UTF-8", [.. "{\""u8, 0xc1, 0xb0, .. "assword\":\"hunter2\"}"u8]),
        ("Latin-1", [.. "name=J"u8, 0xf6, .. "rg&password=hunter2"u8]),
        ("a part of a form", [.. "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nhunter2\r\n--b--"u8]),
        ("zeros in text", [.. "x=\0&password=hunter2"u8]),
    ];

    [Test]
    public async Task E7_binary_formats_are_not_stored_whatever_their_type_says(
        [Values(null, "application/x-unheard-of", "text/plain", "application/json", "application/x-www-form-urlencoded", "text/plain; charset=utf-16", "text/plain; charset=nonsense")]
        string? type)
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(context => context.Request.Body.CopyToAsync(context.Response.Body)), PostedBody.Both);
        foreach (var (name, bytes) in Formats)
        {
            var record = await PostedBody.SendAsync(server, bytes, type);
            PostedBody.Shown(record).Should().NotContain(Secret, $"{name} as {type}");
            Escaped(PostedBody.Shown(record)).Should().NotContain(Secret, $"{name} as {type}, read as UTF-16");
            record.RequestBodyState.Should().Be(BodyState.Redacted, $"{name} as {type}");
        }
    }

    [Test]
    public async Task E7_unreadable_bodies_are_stored_as_base64_if_the_option_is_set()
    {
        foreach (var (name, bytes) in Formats)
        {
            var record = await PostedBody.SendAsync(bytes, null, options: PostedBody.Kept);
            PostedBody.Shown(record).Should().Contain(Secret, name);
            record.RequestBodyState.Should().Be(BodyState.Full);
        }
    }

    [Test]
    public async Task Text_with_colors_tabs_and_form_feeds_is_text()
    {
        const string Log = "\u001b[31mred\u001b[0m\tnext\f\r\n";
        (await PostedBody.SendAsync(Encoding.UTF8.GetBytes(Log), "text/plain")).Request().RequestBody.Should().Be(Log);
    }

    [Test]
    public async Task JSON_with_an_excluded_content_type_is_not_stored() =>
        (await PostedBody.SendAsync("""{"password":"hunter2"}"""u8.ToArray(), "image/png")).RequestBodyState.Should().Be(BodyState.ExcludedType);

    private static string Escaped(string text) => Encoding.Latin1.GetString(Encoding.Unicode.GetBytes(text));
}
