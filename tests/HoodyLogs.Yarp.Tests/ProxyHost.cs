using System.Net;
using System.Text.Json;
using FluentAssertions;
using HoodyLogs.AspNetCore;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Configuration;

namespace HoodyLogs.Yarp.Tests;

/// <summary>A YARP proxy over real Kestrel that stores its exchanges in a SQLite file and serves them.</summary>
internal sealed class ProxyHost : IAsyncDisposable
{
    public const string Admin = "the-token-of-the-admin";
    public const string Acme = "the-token-of-acme";
    public const string Globex = "the-token-of-globex";

    private readonly TestFolder _folder;
    private readonly WebApplication _app;

    private ProxyHost(TestFolder folder, WebApplication app)
    {
        (_folder, _app) = (folder, app);
        Client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(app.Urls.First()) };
    }

    /// <summary>Gets a client that has no token.</summary>
    public HttpClient Client { get; }

    public string Folder => _folder.Path;

    public IServiceProvider Services => _app.Services;

    public static RouteConfig Route(string cluster = "web", params (string Key, string Value)[] metadata) => new()
    {
        RouteId = "all",
        ClusterId = cluster,
        Match = new RouteMatch { Path = "/{**rest}" },
        Metadata = Metadata(metadata),
    };

    public static ClusterConfig Cluster(string id, Uri destination, params (string Key, string Value)[] metadata) =>
        Cluster(id, [("first", destination.ToString())]) with { Metadata = Metadata(metadata) };

    public static ClusterConfig Cluster(string id, (string Id, string Address)[] destinations) => new()
    {
        ClusterId = id,
        Destinations = destinations.ToDictionary(destination => destination.Id, destination => new DestinationConfig { Address = destination.Address }),
        HttpRequest = new() { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact },
        LoadBalancingPolicy = "FirstAlphabetical",
    };

    /// <summary>Starts a proxy with one route, whose metadata names the project <c>acme</c>.</summary>
    public static Task<ProxyHost> StartAsync(Uri destination, Setup? setup = null) =>
        StartAsync([Route("web", ("HoodyLogs.ProjectId", "acme"))], [Cluster("web", destination)], setup);

    public static Task<ProxyHost> StartAsync(RouteConfig[] routes, ClusterConfig[] clusters, Setup? setup = null) =>
        StartAsync(proxy => proxy.LoadFromMemory(routes, clusters), setup ?? new Setup());

    public static async Task<ProxyHost> StartAsync(Action<IReverseProxyBuilder> load, Setup setup)
    {
        var folder = new TestFolder();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ProxyLogs:Sqlite:Database"] = folder.Database,
            ["ProxyLogs:Access:Tokens:0:Token"] = Admin,
            ["ProxyLogs:Access:Tokens:0:Admin"] = "true",
            ["ProxyLogs:Access:Tokens:1:Token"] = Acme,
            ["ProxyLogs:Access:Tokens:1:ProjectId"] = "acme",
            ["ProxyLogs:Access:Tokens:2:Token"] = Globex,
            ["ProxyLogs:Access:Tokens:2:ProjectId"] = "globex",
            ["ProxyLogs:Limits:ReadsPerMinute"] = "1000000",
        });
        setup.Build?.Invoke(builder);
        builder.Services.AddProxyLogs(setup.Logs ?? (_ => { })).AddYarp(setup.Yarp ?? (_ => { }));
        load(builder.Services.AddReverseProxy());
        var app = builder.Build();
        app.UseProxyLogs();
        setup.App?.Invoke(app);
        if (setup.Pipeline is { } pipeline) app.MapReverseProxy(pipeline);
        else app.MapReverseProxy();
        app.MapProxyLogs();
        await app.StartAsync();
        return new ProxyHost(folder, app);
    }

    public async Task<HttpResponseMessage> GetAsync(string path = "/", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request);
    }

    /// <summary>Reads the logs API with a token.</summary>
    public async Task<JsonElement> ReadAsync(string query, string token = Admin)
    {
        using var response = await GetAsync($"/api/proxy-logs/_logs{query}", ("X-Logs-Token", token));
        response.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    /// <summary>Returns the response entries, oldest first, once there are so many.</summary>
    public async Task<JsonElement[]> ResponsesAsync(int count)
    {
        JsonElement page = default;
        await Eventually.Holds(async () => (page = await ReadAsync("?kind=response")).GetProperty("total").GetInt64() >= count, $"{count} response entries");
        return [.. page.GetProperty("entries").EnumerateArray()];
    }

    /// <summary>Returns the entry of the only response.</summary>
    public async Task<JsonElement> ResponseAsync() => (await ResponsesAsync(1)).Should().ContainSingle().Subject;

    /// <summary>Reloads the configuration, as a changed file does.</summary>
    public void Reload() => ((IConfigurationRoot)_app.Configuration).Reload();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    private static Dictionary<string, string>? Metadata((string Key, string Value)[] metadata) =>
        metadata.Length == 0 ? null : metadata.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.OrdinalIgnoreCase);
}

/// <summary>What a test changes about its proxy.</summary>
internal sealed record Setup
{
    public Action<YarpOptions>? Yarp { get; init; }

    public Action<ProxyLogsOptions>? Logs { get; init; }

    public Action<WebApplicationBuilder>? Build { get; init; }

    /// <summary>Gets the middleware between capture and the proxy.</summary>
    public Action<WebApplication>? App { get; init; }

    public Action<IReverseProxyApplicationBuilder>? Pipeline { get; init; }
}
