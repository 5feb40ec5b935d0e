using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using FluentAssertions;
using HoodyLogs.AspNetCore.Tests.Samples;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

/// <summary>Secrets in every place where one can be, and the bytes in which none may be found afterwards.</summary>
[Platform(Exclude = "Win", Reason = "Ends processes by SIGTERM.")]
public sealed class SecretsTests
{
    private const string Secret = "pl4nted";

    [Test]
    public async Task No_planted_secret_reaches_the_files_of_the_database_or_the_console()
    {
        using var folder = new TestFolder();
        string output;
        var stored = new List<string>();
        await using (var proxy = await SampleProcess.StartProxyAsync(
            folder.Path, "Development", "--Demo:Traffic=false", $"--ProxyLogs:Database={folder.Database}", "--ProxyLogs:Capture:Headers=true",
            "--ProxyLogs:Capture:RequestBody=true", "--ProxyLogs:Capture:ResponseBody=true", "--ProxyLogs:Capture:AllowHeaders:0=Referer",
            "--ProxyLogs:Capture:AllowHeaders:1=Authorization", "--ProxyLogs:Capture:RedactQuery:0=pin"))
        {
            var count = await PlantAsync(proxy);

            // In the files, bodies are compressed.
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
        stored.Should().NotContain(text => text.Contains(Secret, StringComparison.OrdinalIgnoreCase));
        output.Should().NotContain(Secret);
    }

    /// <summary>Plants them, and returns in how many exchanges.</summary>
    private static async Task<int> PlantAsync(SampleProxy proxy)
    {
        string[] targets =
        [
            $"/echo?x=found-me&token={Secret}", $"/echo?PIN={Secret}", $"/echo?p%61ssword={Secret}", $"/echo?user[secret]={Secret}",
            $"/echo?accessToken={Secret}", $"/echo?Input.Password={Secret}", $"/echo?X-Amz-Signature={Secret}",
            $"/echo?next=https%3A%2F%2Fx%2F%3Ftoken%3D{Secret}", $"/echo?u=https://me:{Secret}@x/", $"/status/500?code={Secret}",
        ];
        foreach (var target in targets) (await proxy.SendAsync(HttpMethod.Get, target)).Dispose();

        (string, string)[] headers =
        [
            ("Authorization", $"Bearer {Secret}"), ("Cookie", $"a={Secret}"), ("X-Api-Key", Secret), ("X-Anything", Secret),
            ("Referer", $"https://me:{Secret}@x/?token={Secret}"), ("X-Logs-Token", Secret),
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
            Body("application/json", Secret, "br"),
        ];
        foreach (var body in bodies) (await proxy.SendAsync(HttpMethod.Post, "/echo", null, body)).Dispose();

        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, proxy.Client.BaseAddress!.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"GET http://me:{Secret}@127.0.0.1:{proxy.Client.BaseAddress.Port}/echo?token={Secret} HTTP/1.1\r\nHost: 127.0.0.1:{proxy.Client.BaseAddress.Port}\r\n\r\n"));
        await client.GetStream().ReadExactlyAsync(new byte[8]);
        return targets.Length + 1 + bodies.Length;
    }

    private static ByteArrayContent Body(string type, string text, string? encoding = null)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding is not null) content.Headers.ContentEncoding.Add(encoding);
        return content;
    }
}
