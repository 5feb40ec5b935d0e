using System.Net;
using FluentAssertions;
using HoodyLogs.AspNetCore.Tests.Endpoints;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Hosting;

#pragma warning disable ASPDEPR004, ASPDEPR008 // the obsolete hosts are what is tested

/// <summary>Hosts that do not support <c>IHostedLifecycleService</c>.</summary>
public sealed class WebHostTests
{
    private readonly MessageList _log = new();
    private TestFolder _folder = null!;

    [SetUp]
    public void Begin() => _folder = new TestFolder();

    [TearDown]
    public void End() => _folder.Dispose();

    [OneTimeTearDown]
    public void EndAll() => _log.Dispose();

    [Test]
    public async Task B2_a_WebHost_stores_and_serves_and_its_last_exchanges_survive_the_stop()
    {
        using (var host = Host().UseKestrel().UseUrls("http://127.0.0.1:0").Build())
        {
            await host.StartAsync();
            using var client = new HttpClient { BaseAddress = new Uri(host.ServerFeatures.Get<IServerAddressesFeature>()!.Addresses.First()) };
            await SeesItsExchangeAsync(client, host.Services);
            await client.GetAsync(new Uri("/last", UriKind.Relative));
            await host.StopAsync();
        }

        using (var host = Host().UseKestrel().UseUrls("http://127.0.0.1:0").Build())
        {
            await host.StartAsync();
            var store = host.Services.GetRequiredService<ILogStore>();
            (await store.ListAsync(HoodyLogs.LogScope.All, new HoodyLogs.LogQuery())).Should().Contain(entry => entry.Url == "/last");
            await host.StopAsync();
        }
    }

    [Test]
    public async Task B2_a_TestServer_on_a_WebHostBuilder_stores_and_serves()
    {
        using var server = new TestServer(Host());
        using var client = server.CreateClient();

        await SeesItsExchangeAsync(client, server.Services);
    }

    [Test]
    public async Task B2_an_old_host_without_UseProxyLogs_gets_one_warning()
    {
        using var log = new MessageList();
        using var server = new TestServer(new WebHostBuilder()
            .ConfigureLogging(logging => logging.AddProvider(log))
            .ConfigureServices(services => services.AddProxyLogs(options => options.Sqlite.Database = ":memory:"))
            .Configure(app => app.Run(context => context.Response.WriteAsync("hello"))));
        using var client = server.CreateClient();
        await client.GetAsync(new Uri("/", UriKind.Relative));

        log.Messages.Where(message => message.Text.Contains("UseProxyLogs")).Should().ContainSingle().Which.Level.Should().Be(LogLevel.Warning);
    }

    private IWebHostBuilder Host() => new WebHostBuilder()
        .UseContentRoot(_folder.Path)
        .ConfigureLogging(logging => logging.AddProvider(_log))
        .ConfigureServices(services => services
            .AddRouting()
            .AddProxyLogs(options =>
            {
                options.Sqlite.MinFreeBytes = 0;
                options.Access.Tokens.Add(new() { Token = LogsApiServer.AdminToken, Admin = true });
            })
            .Services.AddHealthChecks().AddProxyLogs())
        .Configure(app =>
        {
            app.UseProxyLogs();
            app.UseRouting();
            app.UseEndpoints(endpoints =>
            {
                endpoints.MapGet("/hello", () => "hello");
                endpoints.MapProxyLogs();
            });
        });

    private async Task SeesItsExchangeAsync(HttpClient client, IServiceProvider services)
    {
        client.DefaultRequestHeaders.Add("X-Logs-Token", LogsApiServer.AdminToken);
        (await client.GetAsync(new Uri("/hello", UriKind.Relative))).StatusCode.Should().Be(HttpStatusCode.OK);
        await Eventually.Holds(async () => (await client.GetStringAsync(new Uri("/api/proxy-logs/_logs", UriKind.Relative))).Contains("/hello"), "the exchange is shown");
        (await services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status.Should().Be(HealthStatus.Healthy);
        _log.Messages.Should().NotContain(message => message.Text.Contains("UseProxyLogs"));
        File.Exists(Path.Combine(_folder.Path, "data", "logs.db")).Should().BeTrue();
    }
}
