using System.Net;
using System.Text;
using System.Text.Json;
using FluentAssertions;
using HoodyLogs.AspNetCore.Tests.Endpoints;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Hosting;

/// <summary>A backup of a running host, restored as docs/operating.md describes.</summary>
public sealed class BackupTests
{
    private const string Secret = "hunter2-is-planted";

    private TestFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TestFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public async Task A_restored_backup_serves_the_same_entries_and_contains_no_redacted_secret()
    {
        var backup = Path.Combine(_folder.Path, "backup");
        string before;
        await using (var server = await StartAsync(_folder.Database))
        {
            using var client = new HttpClient { BaseAddress = server.Address };
            using var body = new StringContent($$"""{"user":"ann","password":"{{Secret}}"}""", Encoding.UTF8, "application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/echo?token={Secret}") { Content = body };
            request.Headers.Add("Authorization", $"Bearer {Secret}");
            (await client.SendAsync(request)).StatusCode.Should().Be(HttpStatusCode.OK);
            await server.WriteAsync(Some.Exchange(container: "c1", url: "/of-c1"), Some.Exchange(container: "c2", url: "/of-c2"));
            before = await EntriesAsync(server, StreamServer.AdminToken);

            await server.Services.GetRequiredService<ILogBackup>().BackupAsync(backup, CancellationToken.None);
        }

        foreach (var file in Directory.GetFiles(backup)) Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)).Should().NotContain(Secret);
        foreach (var file in Directory.GetFiles(_folder.Path, "logs.db*")) File.Delete(file);
        foreach (var file in Directory.GetFiles(backup)) File.Move(file, Path.Combine(_folder.Path, Path.GetFileName(file)));

        await using var restored = await StartAsync(_folder.Database);
        var after = await EntriesAsync(restored, StreamServer.AdminToken);
        after.Should().Be(before).And.Contain("requestBody").And.Contain("ann");
        (await EntriesAsync(restored, StreamServer.ContainerToken)).Should().Contain("/of-c1").And.NotContain("/of-c2").And.NotContain("/echo");
    }

    private static Task<StreamServer> StartAsync(string database) => StreamServer.StartAsync(
        database,
        options => options.Capture.CaptureRequestBody = true,
        map: app =>
        {
            app.UseProxyLogs();
            app.MapPost("/echo", async context => await context.Request.Body.CopyToAsync(context.Response.Body));
        });

    private static async Task<string> EntriesAsync(StreamServer server, string token)
    {
        using var client = new HttpClient { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Add("X-Logs-Token", token);
        using var page = JsonDocument.Parse(await client.GetStringAsync(new Uri("/api/proxy-logs/_logs?includeRequestBody=true&includeResponseBody=true&limit=1000", UriKind.Relative)));
        return page.RootElement.GetProperty("entries").GetRawText();
    }
}
