using System.Net;
using System.Text.Json;
using HoodyLogs.AspNetCore.Capture.Open;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>Runs a host that captures and lists open exchanges. The test controls the clock and the handlers.</summary>
internal sealed class OpenExchangesServer : IAsyncDisposable
{
    public const string P1 = "the-token-of-project-p1";
    public const string P1C1 = "the-token-of-p1-and-c1";
    public const string P1C2 = "the-token-of-p1-and-c2";
    public const string P2 = "the-token-of-project-p2";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly TestFolder _folder;
    private readonly TaskCompletionSource _release;
    private readonly SemaphoreSlim _entered;

    private OpenExchangesServer(TestFolder folder, StreamServer server, ManualTime time, TaskCompletionSource release, SemaphoreSlim entered)
    {
        (_folder, Server, Time, _release, _entered) = (folder, server, time, release, entered);
        Client = new HttpClient { BaseAddress = server.Address };
    }

    public StreamServer Server { get; }

    public ManualTime Time { get; }

    public HttpClient Client { get; }

    public OpenExchanges Open => Server.Services.GetRequiredService<OpenExchanges>();

    public static async Task<OpenExchangesServer> StartAsync(
        Action<ProxyLogsOptions>? configure = null, Action<WebApplication, Func<HttpContext, Task>>? map = null, Action<WebApplicationBuilder>? build = null,
        IEnumerable<KeyValuePair<string, string?>>? settings = null)
    {
        var folder = new TestFolder();
        var time = new ManualTime();
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var entered = new SemaphoreSlim(0);
        var server = await StreamServer.StartAsync(
            folder.Database,
            options =>
            {
                options.Capture.Scope = Tenant;
                options.Access.Tokens = [
                    new AccessToken { Token = StreamServer.AdminToken, Admin = true }, new AccessToken { Token = P1, ProjectId = "p1" },
                    new AccessToken { Token = P1C1, ProjectId = "p1", ContainerId = "c1" }, new AccessToken { Token = P1C2, ProjectId = "p1", ContainerId = "c2" },
                    new AccessToken { Token = P2, ProjectId = "p2" },
                ];
                configure?.Invoke(options);
            },
            time,
            settings: settings,
            build: build,
            map: app =>
            {
                app.UseProxyLogs();
                app.Map("/hang/{**rest}", context => HangAsync(context, asks: true));
                app.Map("/silent/{**rest}", context => HangAsync(context, asks: false));
                map?.Invoke(app, context => HangAsync(context, asks: true));
            });
        return new OpenExchangesServer(folder, server, time, release, entered);

        async Task HangAsync(HttpContext context, bool asks)
        {
            if (asks) _ = context.RequestAborted; // as a proxy does
            entered.Release();
            await release.Task;
        }
    }

    /// <summary>The header with the scope of a request.</summary>
    public static ExchangeScope Tenant(HttpContext context)
    {
        var parts = context.Request.Headers["X-Tenant"].ToString().Split('/');
        return new ExchangeScope(parts[0], parts.ElementAtOrDefault(1), parts.ElementAtOrDefault(2));
    }

    /// <summary>Sends a request and waits until its handler hangs.</summary>
    public async Task<Task<HttpResponseMessage>> HangAsync(string path, string tenant = "", HttpRequestMessage? request = null, CancellationToken cancellation = default)
    {
        request ??= new HttpRequestMessage(HttpMethod.Get, path);
        if (tenant.Length > 0) request.Headers.Add("X-Tenant", tenant);
        var response = Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (!await _entered.WaitAsync(Limit, CancellationToken.None)) throw new TimeoutException($"No handler was reached by {path}.");
        return response;
    }

    public void Release() => _release.TrySetResult();

    public async Task<HttpResponseMessage> GetAsync(string query = "", string token = StreamServer.AdminToken, string method = "GET")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/api/proxy-logs/_logs/open" + query);
        request.Headers.Add("X-Logs-Token", token);
        return await Client.SendAsync(request);
    }

    /// <summary>Advances the clock by some seconds and lists the open exchanges.</summary>
    public async Task<List<JsonElement>> OpenAsync(string query = "", string token = StreamServer.AdminToken, double after = 0)
    {
        Time.Advance(TimeSpan.FromSeconds(after));
        using var response = await GetAsync(query, token);
        if (response.StatusCode != HttpStatusCode.OK) throw new InvalidOperationException(await response.Content.ReadAsStringAsync());
        var page = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        return [.. page.GetProperty("entries").EnumerateArray()];
    }

    public static string UrlOf(JsonElement entry) => entry.GetProperty("url").GetString()!;

    public async ValueTask DisposeAsync()
    {
        Release();
        Client.Dispose();
        await Server.DisposeAsync();
        _entered.Dispose();
        _folder.Dispose();
    }
}
