using HoodyLogs.AspNetCore.Tests.Endpoints;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Tests.Hosting;

/// <summary>A typical host on Kestrel with a given content root.</summary>
internal sealed class StartHost : IAsyncDisposable
{
    public const string TenantToken = "the-token-of-the-tenant-acme";

    private StartHost(WebApplication app, MessageList log) => (App, Log) = (app, log);

    public WebApplication App { get; }

    public MessageList Log { get; }

    public HttpClient Client { get; private set; } = null!;

    public static StartHost Build(
        string contentRoot, string? database = null, TimeProvider? time = null, Action<WebApplication>? map = null, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production", ContentRootPath = contentRoot });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var log = new MessageList();
        builder.Logging.ClearProviders().AddProvider(log);
        var options = settings.ToDictionary(setting => $"ProxyLogs:{setting.Key}", setting => (string?)setting.Value);
        if (database is not null) options["ProxyLogs:Sqlite:Database"] = database;
        options["ProxyLogs:Sqlite:MinFreeBytes"] = "0";
        options["ProxyLogs:Access:Tokens:0:Token"] = LogsApiServer.AdminToken;
        options["ProxyLogs:Access:Tokens:0:Admin"] = "true";
        options["ProxyLogs:Access:Tokens:1:Token"] = TenantToken;
        options["ProxyLogs:Access:Tokens:1:ProjectId"] = "acme";
        builder.Configuration.AddInMemoryCollection(options);
        if (time is not null) builder.Services.AddSingleton(time);
        builder.Services.AddProxyLogs().Services.AddHealthChecks().AddProxyLogs();
        var app = builder.Build();
        (map ?? Map)(app);
        return new StartHost(app, log);
    }

    public static async Task<StartHost> StartAsync(
        string contentRoot, string? database = null, TimeProvider? time = null, Action<WebApplication>? map = null, params (string Key, string Value)[] settings)
    {
        var host = Build(contentRoot, database, time, map, settings);
        await host.StartAsync();
        return host;
    }

    public async Task StartAsync()
    {
        await App.StartAsync();
        Client = new HttpClient { BaseAddress = new Uri(App.Urls.First()) };
        Client.DefaultRequestHeaders.Add("X-Logs-Token", LogsApiServer.AdminToken);
    }

    public async Task<HealthReportEntry> HealthAsync() =>
        (await App.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["proxy-logs"];

    public Task<HttpResponseMessage> GetAsync(string path) => Client.GetAsync(new Uri(path, UriKind.Relative));

    public async Task<string> ListAsync() => await Client.GetStringAsync(new Uri("/api/proxy-logs/_logs", UriKind.Relative));

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        await App.DisposeAsync();
        Log.Dispose();
    }

    public static void Map(WebApplication app)
    {
        app.UseProxyLogs();
        app.MapGet("/hello", () => Results.Text("hello"));
        app.MapProxyLogs();
    }
}
