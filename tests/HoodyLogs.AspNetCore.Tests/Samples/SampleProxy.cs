using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using HoodyLogs.TestSupport;

namespace HoodyLogs.AspNetCore.Tests.Samples;

/// <summary>The running proxy sample and a client.</summary>
internal sealed partial class SampleProxy : IAsyncDisposable
{
    public SampleProxy(SampleProcess process)
    {
        Process = process;
        var curl = CurlLine().Match(process.Output);
        PrintedToken = curl.Groups["token"] is { Success: true, Value: var token } ? token : null;
        Client = new HttpClient { BaseAddress = new Uri(curl.Groups["address"].Value) };
    }

    public SampleProcess Process { get; }

    /// <summary>The client. Sends no token until <see cref="Use"/>.</summary>
    public HttpClient Client { get; }

    /// <summary>The token in the printed lines; null for none.</summary>
    public string? PrintedToken { get; }

    public void Use(string token) => Client.DefaultRequestHeaders.Add("X-Logs-Token", token);

    public async Task<JsonElement> GetJsonAsync(string path) => await Client.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative));

    /// <summary>Sends a request to a virtual host and reads the whole response.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? host = null, HttpContent? content = null, (string, string)[]? headers = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Host = host;
        foreach (var (name, value) in headers ?? []) request.Headers.Add(name, value);
        return await Client.SendAsync(request);
    }

    /// <summary>Waits for a number of matching entries and returns them.</summary>
    public async Task<List<JsonElement>> EntriesAsync(string query, int count)
    {
        JsonElement page = default;
        await Eventually.Holds(
            async () => (page = await GetJsonAsync($"/api/proxy-logs/_logs?{query}")).GetProperty("total").GetInt64() >= count, $"{count} entries of {query}");
        return [.. page.GetProperty("entries").EnumerateArray()];
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Process.DisposeAsync();
    }

    [GeneratedRegex("""curl( -H "X-Logs-Token: (?<token>[^"]+)")? "(?<address>http://[^/]+)/api/proxy-logs/_logs\?""")]
    private static partial Regex CurlLine();
}
