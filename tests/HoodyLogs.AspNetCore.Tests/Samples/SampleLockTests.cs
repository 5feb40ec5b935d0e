using System.Net;
using FluentAssertions;
using HoodyLogs.AspNetCore.Tests.Endpoints;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Samples;

/// <summary>Two processes with one database.</summary>
[NonParallelizable]
public sealed class SampleLockTests
{
    private const string DisableFileLocking = "DOTNET_SYSTEM_IO_DISABLEFILELOCKING";

    private TestFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TestFolder();

    [TearDown]
    public void RemoveFolder()
    {
        Environment.SetEnvironmentVariable(DisableFileLocking, null);
        _folder.Dispose();
    }

    [TestCase(null)]
    [TestCase("1")]
    public async Task B1_B5_a_second_process_starts_without_the_database_and_opens_it_after_the_first_is_killed(string? disableFileLocking)
    {
        Environment.SetEnvironmentVariable(DisableFileLocking, disableFileLocking);
        var arguments = new[]
        {
            "--Demo:Traffic=false", $"--ProxyLogs:Sqlite:Database={_folder.Database}", "--ProxyLogs:Sqlite:MinFreeBytes=0",
            $"--ProxyLogs:Access:Tokens:0:Token={LogsApiServer.AdminToken}", "--ProxyLogs:Access:Tokens:0:Admin=true",
        };
        await using var first = await SampleProcess.StartProxyAsync(_folder.Path, null, arguments);
        await using var second = await SampleProcess.StartProxyAsync(_folder.Path, null, arguments);
        second.Use(LogsApiServer.AdminToken);
        using (var refused = await second.SendAsync(HttpMethod.Get, "/api/proxy-logs/_logs"))
        {
            refused.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
            (await refused.Content.ReadAsStringAsync()).Should().Contain($"{_folder.Database} is in use by process {first.Process.Id} on ");
        }

        (await second.SendAsync(HttpMethod.Get, "/v1/orders/1")).Dispose();
        await first.Process.KillAsync();

        await Eventually.Holds(
            async () => (await second.SendAsync(HttpMethod.Get, "/api/proxy-logs/_logs")).StatusCode == HttpStatusCode.OK, "the second process has the file");
        (await second.EntriesAsync("kind=response", 1))[0].GetProperty("url").GetString().Should().Be("/v1/orders/1");
    }
}
