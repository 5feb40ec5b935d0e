using System.Net;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace HoodyLogs.AspNetCore.Tests.Capture;

/// <summary>A host with capture on Kestrel, with one port for HTTP/1.1 and one for HTTP/2 without TLS. The test reads its sink.</summary>
internal sealed class CaptureServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private CaptureServer(WebApplication app, CollectingSink sink)
    {
        _app = app;
        Sink = sink;
        Address = new Uri(app.Urls.First());
        Http2Address = new Uri(app.Urls.Last());
        Client = new HttpClient { BaseAddress = Address, DefaultRequestVersion = HttpVersion.Version11 };
        Http2Client = new HttpClient
        {
            BaseAddress = Http2Address,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    public CollectingSink Sink { get; }

    public IServiceProvider Services => _app.Services;

    public Uri Address { get; }

    public Uri Http2Address { get; }

    public HttpClient Client { get; }

    public HttpClient Http2Client { get; }

    /// <summary>Starts a host. <paramref name="before"/> adds middleware in front of capture, <paramref name="app"/> the captured pipeline.</summary>
    public static async Task<CaptureServer> StartAsync(
        Action<WebApplication> app, Action<ProxyLogsOptions>? options = null, Action<WebApplication>? before = null,
        Action<WebApplicationBuilder>? build = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        builder.Logging.ClearProviders();
        var sink = new CollectingSink();
        builder.Services.AddSingleton<ILogSink>(sink);
        builder.Services.AddSingleton<ILogStore>(new ModelLogStore(TimeProvider.System));
        builder.Services.AddProxyLogs(options ?? (_ => { }));
        build?.Invoke(builder);
        var host = builder.Build();
        before?.Invoke(host);
        host.UseProxyLogs();
        app(host);
        await host.StartAsync();
        return new CaptureServer(host, sink);
    }

    /// <summary>Starts a YARP proxy with capture in front of another host.</summary>
    public static Task<CaptureServer> StartProxyAsync(
        Uri upstream, Action<ProxyLogsOptions>? options = null, Version? version = null, Action<WebApplication>? before = null,
        Action<WebApplicationBuilder>? build = null) => StartAsync(
        app => app.MapReverseProxy(),
        options,
        before,
        builder =>
        {
            build?.Invoke(builder);
            builder.Services.AddReverseProxy().LoadFromMemory(
                [new RouteConfig { RouteId = "all", ClusterId = "upstream", Match = new RouteMatch { Path = "/{**rest}" } }],
                [
                    new ClusterConfig
                    {
                        ClusterId = "upstream",
                        Destinations = new Dictionary<string, DestinationConfig> { ["first"] = new() { Address = upstream.ToString() } },
                        HttpRequest = new() { Version = version ?? HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact },
                    },
                ]);
        });

    public Task<LogRecord> NextAsync() => Sink.NextAsync();

    /// <summary>Changes configuration while the host runs.</summary>
    public void Reload(string key, string value)
    {
        var configuration = (IConfigurationRoot)_app.Configuration;
        configuration[key] = value;
        configuration.Reload();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Http2Client.Dispose();
        using var hurry = new CancellationTokenSource();
        await hurry.CancelAsync();
        await _app.StopAsync(hurry.Token);
        await _app.DisposeAsync();
    }
}
