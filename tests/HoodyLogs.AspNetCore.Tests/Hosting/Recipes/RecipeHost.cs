using System.Net.Http.Json;
using System.Text.Json;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace HoodyLogs.AspNetCore.Tests.Hosting.Recipes;

/// <summary>Runs a recipe on Kestrel, configured by settings only.</summary>
internal sealed class RecipeHost : IAsyncDisposable
{
    public const string Token = "token-of-the-recipes";
    public const string List = "/api/proxy-logs/_logs";

    private readonly TestFolder _folder;
    private readonly WebApplication _app;

    private RecipeHost(TestFolder folder, WebApplication app)
    {
        _folder = folder;
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<RecipeHost> StartAsync(Func<WebApplicationBuilder, WebApplication> recipe, Action<WebApplication>? more = null, params string[] settings)
    {
        var folder = new TestFolder();
        var builder = WebApplication.CreateBuilder(
            ["--environment=Production", "--urls=http://127.0.0.1:0", $"--ProxyLogs:Sqlite:Database={folder.Database}",
                $"--ProxyLogs:Access:Tokens:0:Token={Token}", "--ProxyLogs:Access:Tokens:0:Admin=true", .. settings]);
        var app = recipe(builder);
        more?.Invoke(app);
        await app.StartAsync();
        return new RecipeHost(folder, app);
    }

    public Task<HttpResponseMessage> SendAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, headers);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request);
    }

    /// <summary>Opens the live tail as an admin.</summary>
    public async Task<StreamReader> TailAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(List + "/stream", UriKind.Relative));
        request.Headers.Add("X-Logs-Token", Token);
        var response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        return new StreamReader(await response.Content.ReadAsStreamAsync());
    }

    /// <summary>Returns the entries that an admin reads.</summary>
    public async Task<JsonElement[]> EntriesAsync(string query = "?last=100")
    {
        await Services.GetRequiredService<ILogSink>().FlushAsync(CancellationToken.None);
        using var response = await SendAsync(List + query, ("X-Logs-Token", Token));
        response.EnsureSuccessStatusCode();
        var page = await response.Content.ReadFromJsonAsync<JsonElement>();
        return [.. page.GetProperty("entries").EnumerateArray()];
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}
