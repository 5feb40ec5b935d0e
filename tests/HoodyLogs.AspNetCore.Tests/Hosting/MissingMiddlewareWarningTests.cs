using FluentAssertions;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Hosting;

public sealed class MissingMiddlewareWarningTests
{
    [Test]
    public async Task B2_a_host_without_UseProxyLogs_gets_one_warning_that_names_it()
    {
        (await WarningsAsync(app => app.MapProxyLogs())).Should().ContainSingle().Which.Should().Contain("app.UseProxyLogs()");
    }

    [Test]
    public async Task B2_a_host_that_calls_UseProxyLogs_last_gets_no_warning() => (await WarningsAsync(app =>
    {
        app.MapProxyLogs();
        app.UseRouting();
        app.UseProxyLogs();
    })).Should().BeEmpty();

    [Test]
    public async Task B2_a_host_that_calls_UseProxyLogs_in_a_branch_gets_no_warning() =>
        (await WarningsAsync(app => app.Map("/branch", branch => branch.UseProxyLogs()))).Should().BeEmpty();

    [Test]
    public async Task B2_a_host_that_calls_UseProxyLogs_in_a_conditional_branch_gets_no_warning() =>
        (await WarningsAsync(app => app.UseWhen(context => context.Request.Path == "/", branch => branch.UseProxyLogs()))).Should().BeEmpty();

    [Test]
    public async Task B2_a_host_with_disabled_capture_gets_no_warning() =>
        (await WarningsAsync(app => app.MapProxyLogs(), ("Capture:Enabled", "false"))).Should().BeEmpty();

    private static async Task<List<string>> WarningsAsync(Action<WebApplication> map, params (string Key, string Value)[] settings)
    {
        using var folder = new TestFolder();
        await using var host = await StartHost.StartAsync(folder.Path, ":memory:", null, map, settings);
        return [.. host.Log.Messages.Where(message => message.Level == LogLevel.Warning && message.Text.Contains("UseProxyLogs")).Select(message => message.Text)];
    }
}
