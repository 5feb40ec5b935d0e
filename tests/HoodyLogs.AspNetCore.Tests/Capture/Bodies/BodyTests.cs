using System.Net.Http.Headers;
using System.Text;
using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Recording;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Bodies;

/// <summary>Stored bodies and their states.</summary>
public sealed class BodyTests
{
    private static readonly Action<ProxyLogsOptions> Both = options => (options.Capture.CaptureRequestBody, options.Capture.CaptureResponseBody) = (true, true);

    [Test]
    public async Task E7_a_small_text_body_is_stored_whole_and_not_at_all_without_capture()
    {
        var record = await PostAsync(Text("hello"), Both);
        record.Request().RequestBody.Should().Be("hello");
        record.Request().BodyTruncated.Should().BeFalse();
        record.Request().Data("requestBodyState").GetString().Should().Be("full");
        record.Response().Data("responseBodyState").GetString().Should().Be("empty");

        var off = await PostAsync(Text("hello"), _ => { });
        off.RequestBody.Should().BeNull();
        off.Request().HasData("requestBodyState").Should().BeFalse();
    }

    [TestCase(4, "héé", "hé")] // é is two bytes: the cap falls within the second
    [TestCase(5, "héé", "héé")]
    [TestCase(6, "héé€", "héé")]
    [TestCase(0, "héé", "")]
    public async Task E7_a_body_past_the_cap_is_truncated_before_an_incomplete_character(int cap, string text, string stored)
    {
        var record = await PostAsync(Text(text), Both + (options => options.Capture.MaxBodyBytes = cap));
        (record.Request().RequestBody ?? "").Should().Be(stored);
        record.RequestBodyState.Should().Be(stored == text ? BodyState.Full : BodyState.Capped);
        record.Request().BodyTruncated.Should().Be(stored != text);
        record.BytesIn.Should().Be(Encoding.UTF8.GetByteCount(text));
    }

    [TestCase("utf-16", "héllo €")]
    [TestCase("iso-8859-1", "héllo")]
    [TestCase("windows-1252", "héllo €")]
    [TestCase("\"UTF-8\"", "héllo €")]
    [TestCase("shift_jis", "日本")]
    public async Task E7_text_is_decoded_by_its_charset(string charset, string text)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(charset) ?? Encoding.GetEncoding(charset.Trim('"'));
        var record = await PostAsync(Bytes(encoding.GetBytes(text), $"text/plain; charset={charset}"), Both);
        record.Request().RequestBody.Should().Be(text);
    }

    [Test]
    public async Task E7_stored_binary_bodies_are_base64()
    {
        var kept = Both + (options => options.Capture.StoreUnreadableBodies = true);
        byte[] bytes = [0, 255, 254, 1];
        var entry = (await PostAsync(Bytes(bytes, "application/pdf"), kept)).Request();
        entry.RequestBody.Should().Be(Convert.ToBase64String(bytes));
        entry.RequestBodyEncoding.Should().Be("base64");

        byte[] broken = [(byte)'a', 0xff, 0xfe, (byte)'b'];
        var noUtf8 = (await PostAsync(Bytes(broken, "text/plain; charset=utf-8"), kept)).Request();
        (noUtf8.RequestBody, noUtf8.RequestBodyEncoding).Should().Be((Convert.ToBase64String(broken), "base64"));

        var unknownCharset = (await PostAsync(Bytes("abc"u8.ToArray(), "text/plain; charset=klingon"), kept)).Request();
        unknownCharset.RequestBodyEncoding.Should().Be("base64");
        var noType = (await PostAsync(Bytes("plain"u8.ToArray(), null), Both)).Request();
        (noType.RequestBody, noType.RequestBodyEncoding).Should().Be(("plain", null));
    }

    [TestCase("image/png", "excludedType")]
    [TestCase("application/octet-stream", "excludedType")]
    [TestCase("IMAGE/PNG; x=y", "excludedType")]
    [TestCase("Application/Octet-Stream;charset=utf-8", "excludedType")]
    [TestCase("text/event-stream", "streamed")]
    [TestCase("application/grpc+proto", "streamed")]
    [TestCase("multipart/form-data; boundary=x", "redacted")]
    [TestCase("application/protobuf", "redacted")] // may look like text
    [TestCase("application/vnd.google.protobuf", "redacted")]
    [TestCase("application/jwt", "redacted")]
    [TestCase("text/plain; charset=utf-7", "redacted")]
    [TestCase("text/plain; charset=ibm037", "redacted")] // an EBCDIC charset
    [TestCase("multipart/form-data; boundary=a/b", "redacted")] // an invalid content type
    [TestCase("multipart/related; boundary=b;;", "redacted")]
    [TestCase("application/json", "redacted")] // "hello" is invalid JSON
    [TestCase("application/json; charset=utf-7", "redacted")] // a charset that .NET does not support
    public async Task E7_the_state_gives_the_reason_why_a_body_is_not_stored(string type, string state)
    {
        var record = await PostAsync(Bytes("hello"u8.ToArray(), type), Both);
        record.RequestBody.Should().BeNull();
        record.Request().Data("requestBodyState").GetString().Should().Be(state);
        record.Request().BodyTruncated.Should().BeTrue();
        record.BytesIn.Should().Be(5);
    }

    [TestCase("application/json", """{"user":"me","password":"s3cret"}""", """{"user":"me","password":"[redacted]"}""")]
    [TestCase("application/vnd.api+json; charset=utf-8", """{"token":"s3cret"}""", """{"token":"[redacted]"}""")]
    [TestCase("application/x-www-form-urlencoded", "user=me&password=s3cret", "user=me&password=[redacted]")]
    [TestCase("application/json", """{"token\\":"x","b":"\"key\":1"}""", """{"token\\":"x","b":"\"key\":[redacted]"}""")]
    [TestCase("text/html", "<script>const T={\"password\":{label:'Password'},\"email\":{}}; go();</script>", "<script>const T={\"password\":[redacted],\"email\":{}}; go();</script>")]
    [TestCase(null, "user=me\npassword=s3cret", "user=me\npassword=[redacted]")]
    [TestCase("application/json", """{"body":"{\"password\":\"s3cret\",\"n\":1}","n":2}""", """{"body":"{\"password\":[redacted],\"n\":1}","n":2}""")]
    [TestCase("application/json", """{"body":"{\u0022token\u0022:[\u0022s3cret\u0022]}","token":1}""", """{"body":"{\u0022token\u0022:[redacted]","token":"[redacted]"}""")]
    [TestCase("application/json", """{"a":"\\\"token\":","b":"\"token\":1"}""", """{"a":"\\\"token\":[redacted]","b":"\"token\":[redacted]"}""")]
    [TestCase(null, "user=me&password=s3cret", "user=me&password=[redacted]")]
    [TestCase("application/x-unheard-of", "password=s3cret", "password=[redacted]")]
    [TestCase("text/plain", """{"password":"s3cret"}""", """{"password":"[redacted]"}""")]
    [TestCase("application/x-www-form-urlencoded", """{"password":"s3cret"}""", """{"password":"[redacted]"}""")]
    [TestCase("text/plain", """{"x":NaN,"password":"s3cret","y":1}""", """{"x":NaN,"password":[redacted],"y":1}""")]
    [TestCase("text/plain", "{\"password\":\"s3cret\"}\u001e", "{\"password\":[redacted]}\u001e")]
    [TestCase("text/plain", """42["login",{"password" : "s3cret"}]""", """42["login",{"password" : [redacted]}]""")]
    [TestCase(null, """)]}',{"password":"s3cret"}""", """)]}',{"password":"[redacted]"}""")]
    [TestCase("application/json", ")]}'\n[{\"password\":\"s3cret\"}]", ")]}'\n[{\"password\":\"[redacted]\"}]")]
    [TestCase("application/json", """for(;;);{"token":"s3cret","n":1}""", """for(;;);{"token":"[redacted]","n":1}""")]
    [TestCase("application/json", """while(1);{"n":1}""", """while(1);{"n":1}""")]
    [TestCase("text/javascript", """/**/ typeof cb === 'function' && cb({"a":{"password":["s3cret"]}});""", """/**/ typeof cb === 'function' && cb({"a":{"password":"[redacted]"}});""")]
    [TestCase("application/javascript", """cb({"p\u0061ssword":"s3cret"})""", """cb({"p\u0061ssword":"[redacted]"})""")]
    [TestCase("application/json-seq", "\u001e{\"password\":\"s3cret\"}\n\u001e{\"n\":1}\n\u001e{\"n\":2,\"token\":\"s3cret\"}\n", "\u001e{\"password\":\"[redacted]\"}\n\u001e{\"n\":1}\n\u001e{\"n\":2,\"token\":\"[redacted]\"}\n")]
    [TestCase("application/geo+json-seq", "\u001e{\"n\":1}\n\u001e{\"n\":2}\n", "\u001e{\"n\":1}\n\u001e{\"n\":2}\n")]
    [TestCase("application/json-seq", "\u001e{\"b\":\"{\\\"password\\\":\\\"s3cret\\\"}\"}\n", "\u001e{\"b\":\"{\\\"password\\\":[redacted]}\"}\n")]
    [TestCase("application/x-ndjson", "{\"password\":\"s3cret\"}\n{\"token\":\"s3cret\"}\n", "{\"password\":\"[redacted]\"}\n{\"token\":\"[redacted]\"}\n")]
    [TestCase("application/json", """{"password":"s3cret"}{"token":1}[1]""", """{"password":"[redacted]"}{"token":"[redacted]"}[1]""")]
    [TestCase("text/json", """{"password":"s3cret"}""", """{"password":"[redacted]"}""")]
    [TestCase("application/graphql", """query($v:I={"password":"s3cret"}){a}""", """query($v:I={"password":[redacted]}){a}""")]
    [TestCase("application/x-www-form-urlencoded", "a=1;password=s3cret;b=2", "a=1;password=[redacted]")] // the rest may belong to the value
    [TestCase("application/x-www-form-urlencoded", "user[password]=s3cret&token[]=s3cret&token[]=s3cret&a[0][secret]=s3cret", "user[password]=[redacted]&token[]=[redacted]&token[]=[redacted]&a[0][secret]=[redacted]")]
    [TestCase("text/html", """<a key="1" title=":">""", """<a key="1" title=":">""")]
    [TestCase(null, """ {"password":"s3cret"}""", """ {"password":"[redacted]"}""")]
    [TestCase("application/json", "\uFEFF{\"password\":\"s3cret\"}", """{"password":"[redacted]"}""")] // a byte order mark is not part of the text
    public async Task Fields_are_redacted_by_name(string? type, string body, string stored)
    {
        var record = await PostAsync(Bytes(Encoding.UTF8.GetBytes(body), type), Both);
        record.Request().RequestBody.Should().Be(stored);
        record.RequestBodyState.Should().Be(BodyState.Full);
    }

    [TestCase("", "utf-16")]
    [TestCase("\uFEFF", "utf-16")]
    [TestCase("\uFEFF", "utf-16BE")]
    [TestCase("\uFEFF", "utf-32")]
    public async Task JSON_in_another_encoding_is_redacted_with_and_without_a_byte_order_mark(string mark, string charset)
    {
        var bytes = Encoding.GetEncoding(charset).GetBytes(mark + """{"password":"s3cret","a":"é"}""");
        var record = await PostAsync(Bytes(bytes, $"application/json; charset={charset}"), Both);
        record.Request().RequestBody.Should().Be("""{"password":"[redacted]","a":"é"}""");
    }

    [TestCase(null, "name=J\u00f6rg&password=s3cret")]
    [TestCase("application/x-unheard-of", "x=\0&password=s3cret")]
    [TestCase("application/x-www-form-urlencoded", """{"password":"s3cret" """)]
    public async Task Binary_bodies_with_a_sensitive_name_are_not_stored(string? type, string latin1)
    {
        var record = await PostAsync(Bytes(Encoding.Latin1.GetBytes(latin1), type), Both);
        record.RequestBodyState.Should().Be(BodyState.Redacted);
        record.RequestBody.Should().BeNull();
    }

    [TestCase(null, "")]
    [TestCase("application/json", "")]
    [TestCase("text/plain", "")]
    [TestCase("text/plain", "\uFEFF")]
    public async Task JSON_that_is_not_UTF8_is_not_stored(string type, string mark)
    {
        var record = await PostAsync(Bytes([.. Encoding.UTF8.GetBytes(mark), .. """{"password":"s3cret"}"""u8, 0xff], type), Both);
        (record.RequestBody, record.RequestBodyState).Should().Be((null, BodyState.Redacted));
    }

    [Test]
    public async Task JSON_past_the_cap_is_redacted_too()
    {
        var json = $$"""{"password":"s3cret","filler":"{{new string('x', 1000)}}","token":"s3cret"}""";
        var record = await PostAsync(Bytes(Encoding.UTF8.GetBytes(json), "application/json"), Both + (options => options.Capture.MaxBodyBytes = 500));
        record.Request().RequestBody.Should().Be("""{"password":"[redacted]","filler":""");
        record.RequestBodyState.Should().Be(BodyState.Capped);
    }

    [Test]
    public async Task The_delegate_of_the_host_redacts_after_redaction_by_name()
    {
        static void Configure(ProxyLogsOptions options) => options.Capture.RedactBody = body => body switch
        {
            { IsReadable: false } => "unreadable"u8,
            { ContentType: "text/secret" } => default,
            { IsRequest: true, ContentType: "text/plain" } => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body.Content).Replace("s3cret", "…", StringComparison.Ordinal)),
            _ => body.Content,
        };

        (await PostAsync(Text("a s3cret", "text/plain"), Both + Configure)).Request().RequestBody.Should().Be("a …");
        (await PostAsync(Bytes([1, 2], "multipart/form-data; boundary=x"), Both + Configure)).Request().RequestBody.Should().Be("unreadable");
        (await PostAsync(Text("kept", "text/other"), Both + Configure)).Request().RequestBody.Should().Be("kept");
        var dropped = await PostAsync(Text("a s3cret", "text/secret"), Both + Configure);
        (dropped.RequestBody, dropped.RequestBodyState).Should().Be((null, BodyState.Redacted));
        var failed = await PostAsync(Text("a s3cret", "text/plain"), Both + (options => options.Capture.RedactBody = _ => throw new InvalidOperationException()));
        (failed.RequestBody, failed.RequestBodyState).Should().Be((null, BodyState.Redacted));
    }

    [Test]
    public async Task E7_an_incomplete_body_has_the_state_aborted()
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(async context =>
        {
            await context.Request.Body.ReadExactlyAsync(new byte[5]);
            await context.Response.WriteAsync("begun");
            await context.Response.Body.FlushAsync();
            context.Abort();
        }), Both);
        await FluentActions.Awaiting(() => server.Client.PostAsync("/", Text("hello, and much more"))).Should().ThrowAsync<Exception>();
        var record = await server.NextAsync();
        (record.RequestBodyState, record.ResponseBodyState).Should().Be((BodyState.Aborted, BodyState.Aborted));
        record.Response().ResponseBody.Should().Be("begun");
    }

    [Test]
    public async Task Endpoints_enable_and_disable_the_capture_of_bodies()
    {
        await using var server = await CaptureServer.StartAsync(app =>
        {
            app.MapPost("/on", Echo).WithProxyLogs(captureRequestBody: true, captureResponseBody: true);
            app.MapPost("/off", Echo);
            app.MapPost("/attribute", [ProxyLogs(CaptureResponseBody = true)] (HttpContext context) => Echo(context));
        });
        foreach (var (path, request, response) in new[] { ("/on", "hello", "hello"), ("/off", null, null), ("/attribute", null, "hello") })
        {
            await server.Client.PostAsync(path, Text("hello"));
            var record = await server.NextAsync();
            record.Request().RequestBody.Should().Be(request, path);
            record.Response().ResponseBody.Should().Be(response, path);
        }
    }

    [Test]
    public async Task Bodies_are_captured_from_streams_pipes_files_and_JSON_and_through_later_middleware()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "hello");
        await using var server = await CaptureServer.StartAsync(
            app =>
            {
                app.UseResponseCompression();
                app.Use((context, next) =>
                {
                    if (context.Request.Path == "/buffering") context.Request.EnableBuffering();
                    return next(context);
                });
                app.MapPost("/file", async context =>
                {
                    await context.Request.BodyReader.CopyToAsync(Stream.Null);
                    context.Response.ContentType = "text/plain";
                    await context.Response.SendFileAsync(file);
                });
                app.MapPost("/buffering", async context =>
                {
                    await context.Request.BodyReader.ReadAtLeastAsync(5);
                    context.Request.Body.Position = 0;
                    await context.Response.WriteAsync(await new StreamReader(context.Request.Body).ReadToEndAsync());
                });
                app.MapPost("/pipe", async context =>
                {
                    await context.Request.BodyReader.CopyToAsync(context.Response.BodyWriter);
                });
            },
            Both,
            build: builder => builder.Services.AddResponseCompression());
        foreach (var path in new[] { "/file", "/buffering", "/pipe" })
        {
            (await (await server.Client.PostAsync(path, Text("hello"))).Content.ReadAsStringAsync()).Should().Be("hello");
            var record = await server.NextAsync();
            record.Request().RequestBody.Should().Be("hello", path);
            record.Response().ResponseBody.Should().Be("hello", path);
            (record.BytesIn, record.BytesOut).Should().Be((5, 5), path);
        }

        File.Delete(file);
    }

    [Test]
    public async Task A_response_to_HEAD_has_an_empty_body()
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(context => context.Response.WriteAsync("hello")), Both);
        using var request = new HttpRequestMessage(HttpMethod.Head, "/");
        await server.Client.SendAsync(request);
        var record = await server.NextAsync();
        (record.ResponseBodyState, record.ResponseBody, record.BytesOut).Should().Be((BodyState.Empty, null, 0));
    }

    [Test]
    public async Task All_bodies_share_one_budget_and_return_their_memory()
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(Echo), Both + (options => options.Capture.MaxBodyMemory = 400_000));
        var recorder = server.Services.GetRequiredService<ExchangeRecorder>();
        var records = new List<LogRecord>();
        for (var i = 0; i < 4; i++)
        {
            await server.Client.PostAsync("/", Text(new string('x', 20_000)));
            records.Add(await server.NextAsync());
        }

        records[0].RequestBodyState.Should().Be(BodyState.Full);
        records[^1].RequestBodyState.Should().BeOneOf(BodyState.Capped, BodyState.Redacted);
        recorder.BodyMemory.Used.Should().BeInRange(40_000, 200_000, "one client may use half of it");
        records.ForEach(record => record.ReleaseBodies());
        recorder.BodyMemory.Used.Should().Be(0);

        server.Sink.IsFull = true;
        await server.Client.PostAsync("/", Text("refused"));
        server.Sink.IsFull = false;
        server.Reload("ProxyLogs:Capture:MinLevel", "error");
        await server.Client.PostAsync("/", Text("left out"));
        server.Reload("ProxyLogs:Capture:MinLevel", "debug");
        await server.Client.PostAsync("/", Text("kept"));
        (await server.NextAsync()).ReleaseBodies();
        recorder.BodyMemory.Used.Should().Be(0);
    }

    private static async Task Echo(HttpContext context)
    {
        context.Response.ContentType = context.Request.ContentType;
        await context.Request.Body.CopyToAsync(context.Response.Body);
    }

    private static async Task<LogRecord> PostAsync(HttpContent content, Action<ProxyLogsOptions> options)
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(context => context.Request.Body.CopyToAsync(Stream.Null)), options);
        await server.Client.PostAsync("/", content);
        return await server.NextAsync();
    }

    private static StringContent Text(string text, string type = "text/plain")
    {
        var content = new StringContent(text);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return content;
    }

    private static ByteArrayContent Bytes(byte[] bytes, string? type, string? encoding = null)
    {
        var content = new ByteArrayContent(bytes);
        if (type is not null) content.Headers.TryAddWithoutValidation("Content-Type", type);
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        return content;
    }
}
