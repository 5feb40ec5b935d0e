using System.IO.Compression;
using System.Text;
using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Recording;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Bodies;

/// <summary>Compressed bodies are stored as redacted text. Their bytes decide whether they are compressed.</summary>
public sealed class CompressedBodyTests
{
    private const string Json = """{"password":"hunter2","n":1}""";
    private const string Redacted = """{"password":"[redacted]","n":1}""";

    [TestCase("gzip", "gzip")]
    [TestCase("gzip", null)]
    [TestCase("gzip", "x-gzip")]
    [TestCase("gzip", "br")] // outer middleware would apply it
    [TestCase("zlib", "deflate")]
    [TestCase("zlib", null)]
    [TestCase("deflate", "deflate")]
    [TestCase("br", "br")]
    [TestCase("br", " BR ")]
    [TestCase("gzip,br", "gzip, br")]
    [TestCase("br,gzip", "br, gzip")]
    [TestCase("br,zlib", "br, deflate")]
    [TestCase("gzip,gzip,gzip", "gzip")]
    [TestCase("", "br")]
    [TestCase("", "gzip, br, deflate, zstd, br, gzip")]
    [TestCase("", "identity")]
    [TestCase("", "zstd")]
    public async Task A_compressed_body_is_stored_as_redacted_text(string codings, string? header)
    {
        foreach (var options in new[] { PostedBody.Both, PostedBody.Kept })
        {
            var record = await PostedBody.SendAsync(Compress(Encoding.UTF8.GetBytes(Json), codings), "application/json", header, options);
            (record.Request().RequestBody, record.RequestBodyState).Should().Be((Redacted, BodyState.Full));
            (record.Response().ResponseBody, record.ResponseBodyState).Should().Be((Redacted, BodyState.Full));
            (record.Request().RequestBodyEncoding, record.Request().BodyTruncated).Should().Be((null, false));
        }
    }

    [TestCase("gzip")]
    [TestCase("br")]
    public async Task A_compressed_body_counts_its_bytes_and_names_its_encoding_as_transferred(string coding)
    {
        var bytes = Compress(Encoding.UTF8.GetBytes(Json), coding);
        var record = await PostedBody.SendAsync(bytes, "application/json", coding);
        (record.BytesIn, record.BytesOut).Should().Be((bytes.Length, bytes.Length));
        record.Response().Data("requestContentEncoding").GetString().Should().Be(coding);
        record.Response().Data("responseContentEncoding").GetString().Should().Be(coding);
    }

    [TestCase("gzip")]
    [TestCase("zlib")]
    [TestCase("deflate")]
    [TestCase("br")]
    public async Task The_readable_part_of_an_incomplete_compressed_stream_is_stored(string coding)
    {
        var text = string.Concat(Enumerable.Range(0, 2000).Select(line => $"line {line * 7919}\n"));
        var bytes = Compress(Encoding.UTF8.GetBytes(text), coding)[..^200];
        var record = await PostedBody.SendAsync(bytes, "text/plain", coding == "zlib" ? "deflate" : coding);
        record.RequestBodyState.Should().Be(BodyState.Capped);
        text.Should().StartWith(record.Request().RequestBody).And.NotBe(record.Request().RequestBody);
        record.Request().RequestBody.Should().StartWith("line 0\nline 7919\n");
    }

    [TestCase("gzip")]
    [TestCase("br")]
    public async Task The_captured_part_of_a_compressed_body_past_the_cap_is_redacted(string coding)
    {
        var random = new Random(1);
        var filler = string.Concat(Enumerable.Range(0, 3000).Select(_ => (char)('a' + random.Next(26))));
        var json = $$"""{"password":"hunter2","filler":"x","n":["{{filler}}"]}""";
        var record = await PostedBody.SendAsync(
            Compress(Encoding.UTF8.GetBytes(json), coding), "application/json", coding, PostedBody.Both + (options => options.Capture.MaxBodyBytes = 1500));
        record.RequestBodyState.Should().Be(BodyState.Capped);
        record.Request().RequestBody.Should().StartWith("""{"password":"[redacted]","filler":"x""").And.NotContain("hunter2");
    }

    [TestCase("gzip")]
    [TestCase("zlib")]
    public async Task A_corrupt_compressed_body_is_not_stored(string coding)
    {
        var bytes = Compress(Encoding.UTF8.GetBytes(Json + new string(' ', 500) + Json), coding);
        bytes[bytes.Length / 2] ^= 0xff;
        bytes[^1] ^= 0xff;
        var record = await PostedBody.SendAsync(bytes, "application/json", coding == "zlib" ? "deflate" : coding);
        (record.RequestBody, record.RequestBodyState).Should().Be((null, BodyState.Redacted));
    }

    [TestCase("gzip")]
    [TestCase("br")]
    [TestCase("zlib")]
    public async Task A_decompression_bomb_is_truncated_and_its_memory_returned(string coding)
    {
        var bomb = Compress(new byte[64 * 1024 * 1024].Select(_ => (byte)'a').ToArray(), coding);
        await using var server = await CaptureServer.StartAsync(app => app.Run(context => context.Request.Body.CopyToAsync(context.Response.Body)), PostedBody.Both);
        var record = await PostedBody.SendAsync(server, bomb, "text/plain", coding == "br" ? "br" : null);
        record.RequestBodyState.Should().Be(BodyState.Capped);
        record.Request().RequestBody.Should().Be(new string('a', 65_536));
        record.ReleaseBodies();
        server.Services.GetRequiredService<ExchangeRecorder>().BodyMemory.Used.Should().Be(0);
    }

    [Test]
    public async Task A_window_larger_than_the_memory_limit_is_not_decompressed()
    {
        var encoder = new BrotliEncoder(quality: 5, window: 24);
        var output = new byte[100];
        encoder.Compress("hunter2, a password"u8, output, out _, out var written, isFinalBlock: true);
        encoder.Dispose();
        (await PostedBody.SendAsync(output[..written], "text/plain", "br")).RequestBodyState.Should().Be(BodyState.Redacted);
    }

    [Test]
    public async Task Response_compression_in_either_order_leaves_a_readable_redacted_body([Values] bool isOuter, [Values("br", "gzip")] string coding, [Values] bool keepsUnreadable)
    {
        var text = $$"""{"password":"hunter2","filler":"{{new string('x', 4000)}}"}""";
        await using var server = await CaptureServer.StartAsync(
            app =>
            {
                if (!isOuter) app.UseResponseCompression();
                app.Run(context =>
                {
                    context.Response.ContentType = "application/json";
                    return context.Response.WriteAsync(text);
                });
            },
            keepsUnreadable ? PostedBody.Kept : PostedBody.Both,
            before: app =>
            {
                if (isOuter) app.UseResponseCompression();
            },
            build: builder => builder.Services.AddResponseCompression());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.AcceptEncoding.ParseAdd(coding);
        using var response = await server.Client.SendAsync(request);
        response.Content.Headers.ContentEncoding.Should().Equal(coding);
        var record = await server.NextAsync();
        record.ResponseBodyState.Should().Be(BodyState.Full);
        record.Response().ResponseBody.Should().Be(text.Replace("hunter2", "[redacted]", StringComparison.Ordinal));
        record.Response().Data("responseContentEncoding").GetString().Should().Be(coding);
    }

    [TestCase("gzip")]
    [TestCase("br")]
    public async Task Behind_YARP_the_body_of_an_upstream_that_compresses_is_readable(string coding)
    {
        await using var upstream = await CaptureServer.StartAsync(
            app => app.Run(context => context.Response.WriteAsJsonAsync(new { Password = "hunter2", N = 1 })),
            before: app => app.UseResponseCompression(),
            build: builder => builder.Services.AddResponseCompression());
        await using var proxy = await CaptureServer.StartProxyAsync(upstream.Address, PostedBody.Both);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.AcceptEncoding.ParseAdd(coding);
        using var response = await proxy.Client.SendAsync(request);
        response.Content.Headers.ContentEncoding.Should().Equal(coding);
        (await proxy.NextAsync()).Response().ResponseBody.Should().Be("""{"password":"[redacted]","n":1}""");
    }

    /// <summary>Applies codings in order.</summary>
    private static byte[] Compress(byte[] bytes, string codings)
    {
        foreach (var coding in codings.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            using var output = new MemoryStream();
            using (Stream stream = coding switch
            {
                "gzip" => new GZipStream(output, CompressionLevel.Optimal),
                "zlib" => new ZLibStream(output, CompressionLevel.Optimal),
                "deflate" => new DeflateStream(output, CompressionLevel.Optimal),
                _ => new BrotliStream(output, CompressionLevel.Optimal),
            })
            {
                stream.Write(bytes);
            }

            bytes = output.ToArray();
        }

        return bytes;
    }
}
