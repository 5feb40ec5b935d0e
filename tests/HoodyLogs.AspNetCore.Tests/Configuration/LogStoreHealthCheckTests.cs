using FluentAssertions;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Configuration;

public sealed class LogStoreHealthCheckTests
{
    [Test]
    public async Task The_check_is_degraded_while_the_store_fails_and_healthy_again_afterwards()
    {
        var store = new ModelLogStore(TimeProvider.System);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<ILogStore>(store).AddProxyLogs().Services.AddHealthChecks().AddProxyLogs();
        await using var app = builder.Build();
        await app.StartAsync();
        var health = app.Services.GetRequiredService<HealthCheckService>();
        var sink = app.Services.GetRequiredService<ILogSink>();
        async Task<HealthStatus> StatusAsync() => (await health.CheckHealthAsync()).Entries["proxy-logs"].Status;

        (await StatusAsync()).Should().Be(HealthStatus.Healthy);
        store.AppendFailure = new IOException("The disk is full.");
        sink.TryWrite(Some.Event()).Should().BeTrue();
        await Eventually.Holds(async () => await StatusAsync() == HealthStatus.Degraded, "the check is degraded");

        store.AppendFailure = null;
        await sink.FlushAsync(CancellationToken.None);
        (await StatusAsync()).Should().Be(HealthStatus.Healthy);
    }
}
