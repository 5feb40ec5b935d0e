using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using FluentAssertions;
using HoodyLogs.AspNetCore.Tests.Samples;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

/// <summary>Sends secrets in all parts of exchanges and searches the written bytes for them.</summary>
[Platform(Exclude = "Win", Reason = "Ends processes by SIGTERM.")]
public sealed class SecretLeakTests
{
    private const string Secret = "pl4nted";

    [Test]
    public async Task No_planted_secret_reaches_the_files_of_the_database_or_the_console()
    {
        using var folder = new TestFolder();
        string output;
        var stored = new List<string>();
        await using (var proxy = await SampleProcess.StartProxyAsync(
            folder.Path, "Development", "--Demo:Traffic=false", $"--ProxyLogs:Sqlite:Database={folder.Database}", "--ProxyLogs:Capture:CaptureHeaders=true",
            "--ProxyLogs:Capture:CaptureRequestBody=true", "--ProxyLogs:Capture:CaptureResponseBody=true", "--ProxyLogs:Capture:AllowedHeaders:0=Referer",
            "--ProxyLogs:Capture:AllowedHeaders:1=Authorization", "--ProxyLogs:Capture:AllowedHeaders:2=User-Agent", "--ProxyLogs:Capture:AllowedHeaders:3=X-Note",
            "--ProxyLogs:Capture:SensitiveNames:0=pin", "--ProxyLogs:Capture:SensitivePaths:0=/echo/reset/*", "--ProxyLogs:Capture:SensitivePaths:1=/**/hook-*/**",
            "--Logging:ProxyLogs:LogLevel:Default=Information"))
        {
            var count = await PlantAsync(proxy);

            // Bodies in the files are compressed.
            var entries = await proxy.EntriesAsync("limit=1000&includeRequestBody=true&includeResponseBody=true", 2 * count);
            stored.Add(string.Concat(entries.Select(entry => entry.GetRawText())));
            proxy.Process.Terminate();
            await proxy.Process.EndAsync();
            output = proxy.Process.Output;
        }

        stored.AddRange(Directory.GetFiles(folder.Path).Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))));
        stored.Where(text => text.Contains("[redacted]") && text.Contains("found-me")).Should()
            .HaveCountGreaterThan(1, "what is no secret is stored, in urls of the database and in what is read of it");
        stored[0].Should().Contain("\"requestBody\":\"{\\\"x\\\":\\\"found-me\\\",\\\"password\\\":\\\"[redacted]\\\"");
        string[] written = [Secret, string.Join('\0', Secret.AsEnumerable()), string.Join("\0\0\0", Secret.AsEnumerable())];
        stored.AddRange(Base64In(stored[0]));
        stored.SelectMany(text => written.SelectMany(secret => Around(text, secret))).Should().BeEmpty();
        output.Should().NotContain(Secret);
    }

    /// <summary>Returns the place where a secret was found, without the rest of the file.</summary>
    private static IEnumerable<string> Around(string text, string secret)
    {
        for (var at = text.IndexOf(secret, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(secret, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            yield return text[Math.Max(0, at - 100)..Math.Min(text.Length, at + 50)];
        }
    }

    private static IEnumerable<string> Base64In(string answer)
    {
        foreach (Match match in Regex.Matches(answer, "\"([A-Za-z0-9+/]{8,}=*)\""))
        {
            var bytes = new byte[match.Length];
            if (Convert.TryFromBase64String(match.Groups[1].Value, bytes, out var length)) yield return Encoding.Latin1.GetString(bytes, 0, length);
        }
    }

    /// <summary>Sends the secrets and returns the number of exchanges.</summary>
    private static async Task<int> PlantAsync(SampleProxy proxy)
    {
        string[] targets =
        [
            $"/echo?x=found-me&token={Secret}", $"/echo?PIN={Secret}", $"/echo?p%61ssword={Secret}", $"/echo?user[secret]={Secret}",
            $"/echo?accessToken={Secret}", $"/echo?Input.Password={Secret}", $"/echo?X-Amz-Signature={Secret}",
            $"/echo?next=https%3A%2F%2Fx%2F%3Ftoken%3D{Secret}", $"/echo?u=https://me:{Secret}@x/", $"/status/500?code={Secret}",
            $"/echo?private_token={Secret}&session_id={Secret}&sid={Secret}&otp={Secret}&auth={Secret}&invite={Secret}&ticket={Secret}&csrf_token={Secret}",
            $"/echo?X-Amz-Credential={Secret}%2F2026&_csrf={Secret}&__RequestVerificationToken={Secret}", $"/echo;jsessionid={Secret}",
            $"/echo?query=mutation%7Blogin(password%3A%22{Secret}%22)%7D", $"/echo?q=%7Bpassword%3A%27{Secret}%27%7D",
            $"/echo?u=%2F%2Fme%3A{Secret}%40x", $"/echo?u=https:/me:{Secret}@x",
            $"/echo/reset/{Secret}", $"/echo/reset%2F{Secret}", $"/echo/hook-{Secret}/run", $"/echo/x/../reset/{Secret}", $"/echo/%72eset/{Secret}/",
            $"/echo/bot123456789:AA{Secret}abcdefghij/send", $"/echo/eyJhbGciOiJIUzI1NiJ9.{Secret}{Secret}.{Secret}", $"/echo/ghp_{Secret}0123456789abcdef",
            $"/echo?next=%2Fecho%2Freset%2F{Secret}",
        ];
        foreach (var target in targets) (await proxy.SendAsync(HttpMethod.Get, target)).Dispose();

        (string, string)[] headers =
        [
            ("Authorization", $"Bearer {Secret}"), ("Cookie", $"a={Secret}"), ("X-Api-Key", Secret), ("X-Anything", Secret),
            ("Referer", $"https://me:{Secret}@x/?token={Secret}"), ("X-Logs-Token", Secret),
            ("User-Agent", $"agent/1.0 (token={Secret} https://me:{Secret}@x/)"), ("X-Note", $"password: \"{Secret} {Secret}\" /echo/reset/{Secret}"),
        ];
        (await proxy.SendAsync(HttpMethod.Get, "/echo", null, null, headers)).Dispose();

        HttpContent[] bodies =
        [
            Body("application/json", $$"""{"x":"found-me","password":"{{Secret}}","deep":[{"token":{"a":"{{Secret}}"} }],"PIN":1}"""),
            Body("application/json", $$"""{"clientSecret":"{{Secret}}","new-password":"{{Secret}}"}"""),
            Body("application/json", $$"""{"fill":"{{new string('x', 70_000)}}","password":"{{Secret}}"}"""),
            Body("application/json", $$"""{"password":"{{Secret}}","fill":"{{new string('x', 70_000)}}"}"""),
            Body("application/json", $"password: {Secret}"),
            Body("application/x-www-form-urlencoded", $"x=found-me&p%61ssword={Secret}&pin={Secret}&Input.Password={Secret}"),
            Body("multipart/form-data; boundary=b", $"--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n{Secret}\r\n--b--"),
            Body("text/plain", $$"""{"secret":"{{Secret}}"}"""),
            Body("text/plain", $"user: me\npassword: x {Secret}\nDB_PASSWORD=x {Secret}\nCookie: a={Secret}; b={Secret}"),
            Body("application/yaml", $"password: |\n  {Secret}\n  {Secret}\nx: 1"),
            Body("application/xml", $"<a password=\"{Secret}\"><password>{Secret}</password><w:Password T=\"x\">{Secret}</w:Password></a>"),
            Body("text/html", $"<input name=\"password\" value=\"{Secret}\"><script>var x = {{ password: '{Secret}' }}</script>"),
            Body("application/json", $$"""{"query":"mutation{login(password:\"{{Secret}}\")}","url":"https://me:{{Secret}}@x/?token={{Secret}}"}"""),
            Body("application/json", $$"""{"log":"a password: '{{Secret}}'\nX-Api-Key: {{Secret}} x","q":"{login(password:'{{Secret}}')}"}"""),
            Body("application/graphql", $$"""mutation { login(password: "{{Secret}}") { ok } }"""),
            Body("application/json", Secret, "br"),
            .. HiddenBodies(),
        ];
        foreach (var body in bodies) (await proxy.SendAsync(HttpMethod.Post, "/echo", null, body)).Dispose();

        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, proxy.Client.BaseAddress!.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"GET http://me:{Secret}@127.0.0.1:{proxy.Client.BaseAddress.Port}/echo?token={Secret} HTTP/1.1\r\nHost: 127.0.0.1:{proxy.Client.BaseAddress.Port}\r\n\r\n"));
        await client.GetStream().ReadExactlyAsync(new byte[8]);
        return targets.Length + 1 + bodies.Length;
    }

    /// <summary>Bodies in formats and encodings that redaction must decode or cannot read.</summary>
    private static IEnumerable<HttpContent> HiddenBodies()
    {
        var json = Encoding.UTF8.GetBytes($$"""{"password":"{{Secret}}"}""");
        var secret = Encoding.UTF8.GetBytes(Secret);
        byte[] text = [8, .. "password"u8, (byte)secret.Length, .. secret];
        string?[] types = [null, "text/plain", "application/json", "application/x-www-form-urlencoded", "application/x-unheard-of"];
        byte[][] bodies =
        [
            [0x81, 0xa8, .. "password"u8, 0xa7, .. secret], [0xa1, 0x68, .. "password"u8, 0x67, .. secret], [0x20, 0, 0, 0, 2, .. text, 0], [0x0a, .. text, 0x12, .. text],
            Compressed(json, stream => new GZipStream(stream, CompressionLevel.NoCompression)), Compressed(json, stream => new ZLibStream(stream, CompressionLevel.NoCompression)),
            Compressed(json, stream => new GZipStream(stream, CompressionLevel.Optimal)), [.. "%PDF-1.4\n("u8, .. secret, .. ") Tj"u8], [.. "bplist00"u8, 0xd1, 1, .. text, 0],
            .. new[] { "utf-16", "utf-16BE", "utf-32", "utf-32BE" }.Select(name => Encoding.GetEncoding(name).GetBytes(Encoding.UTF8.GetString(json))),
            [0x1e, .. json, .. "\n"u8, 0x1e, .. json], [.. ")]}',\n"u8, .. json], [.. "cb("u8, .. json, .. ");"u8], [.. json, .. json],
            [.. "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n"u8, .. secret, .. "\r\n--b--"u8],
        ];
        foreach (var type in types)
        {
            foreach (var body in bodies) yield return Body(type, body);
        }

        foreach (var type in new[] { null, "application/x-www-form-urlencoded", "application/x-unheard-of" })
        {
            yield return Body(type, [0xff, 0xfe, .. Encoding.Unicode.GetBytes($"a=1&password={Secret}")]);
            yield return Body(type, Encoding.BigEndianUnicode.GetBytes($"a=1&password={Secret}"));
        }

        yield return Body("application/protobuf", [.. "\n "u8, .. secret]);
        yield return Body("text/plain; charset=utf-7", json);
        yield return Body("text/plain; charset=ibm037", json);
        yield return Body("text/plain; charset=utf-16", json);
        yield return Body("application/json", Compressed(json, stream => new BrotliStream(stream, CompressionLevel.NoCompression)), "br");
        yield return Body("application/json", Compressed(json, stream => new DeflateStream(stream, CompressionLevel.NoCompression)), "deflate");
    }

    private static byte[] Compressed(byte[] bytes, Func<Stream, Stream> compress)
    {
        using var output = new MemoryStream();
        using (var stream = compress(output)) stream.Write(bytes);
        return output.ToArray();
    }

    private static ByteArrayContent Body(string? type, byte[] bytes, string? encoding = null)
    {
        var content = new ByteArrayContent(bytes);
        if (type is not null) content.Headers.TryAddWithoutValidation("Content-Type", type);
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        return content;
    }

    private static ByteArrayContent Body(string type, string text, string? encoding = null)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        return content;
    }
}
