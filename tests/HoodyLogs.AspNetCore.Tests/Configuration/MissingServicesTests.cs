using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Configuration;

/// <summary>A host that adds a part of HoodyLogs without AddProxyLogs gets a clear error.</summary>
public sealed class MissingServicesTests
{
    [Test]
    public async Task Without_AddProxyLogs_the_check_says_what_is_missing()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddHealthChecks().AddProxyLogs();
        await using var provider = services.BuildServiceProvider();
        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        report.Entries["proxy-logs"].Status.Should().Be(HealthStatus.Unhealthy);
        report.Entries["proxy-logs"].Description.Should().Contain("builder.Services.AddProxyLogs()");
    }

    [Test]
    public async Task Without_AddProxyLogs_logging_says_what_is_missing()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProxyLogs();
        await using var app = builder.Build();
        var start = () => app.StartAsync();
        await start.Should().ThrowAsync<InvalidOperationException>().WithMessage("*needs builder.Services.AddProxyLogs()*");
    }
}
