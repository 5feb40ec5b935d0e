using System.Net;

namespace ReverseProxySample.Demo;

/// <summary>A server behind the proxy on a free loopback port. It starts if no cluster is configured.</summary>
internal sealed class DemoUpstream : IAsyncDisposable
{
    private readonly WebApplication? _app;

    private DemoUpstream(WebApplication? app) => _app = app;

    /// <summary>Starts to listen, then adds the cluster and its route to the configuration of the proxy.</summary>
    public static async Task<DemoUpstream> StartUnlessConfiguredAsync(IConfigurationManager configuration)
    {
        if (configuration.GetSection("ReverseProxy:Clusters").GetChildren().Any()) return new DemoUpstream(null);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, ProxyLifetime>();
        var app = builder.Build();
        app.UseWebSockets();
        app.MapDemoEndpoints();
        await app.StartAsync();

        configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ReverseProxy:Clusters:demo-upstream:Destinations:first:Address"] = app.Urls.First(),
            ["ReverseProxy:Routes:demo:ClusterId"] = "demo-upstream",
            ["ReverseProxy:Routes:demo:Match:Path"] = "{**path}",
            ["ReverseProxy:Routes:demo:Metadata:HoodyLogs.ProjectId"] = "demo",
            ["ReverseProxy:Routes:demo:Metadata:HoodyLogs.ContainerId"] = "sandbox",
        });
        return new DemoUpstream(app);
    }

    /// <summary>Stops at once: the proxy has already stopped, so no client waits for an answer.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_app is null) return;
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    /// <summary>The upstream runs as long as the proxy and ignores signals.</summary>
    private sealed class ProxyLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
