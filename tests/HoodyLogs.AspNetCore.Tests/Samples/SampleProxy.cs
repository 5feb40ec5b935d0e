using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using HoodyLogs.TestSupport;

namespace HoodyLogs.AspNetCore.Tests.Samples;

/// <summary>The running proxy sample and a client of it.</summary>
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

    /// <summary>Sends no token of its own accord.</summary>
    public HttpClient Client { get; }

    /// <summary>What stands in the printed lines in place of a token.</summary>
    public string? PrintedToken { get; }

    public void Use(string token) => Client.DefaultRequestHeaders.Add("X-Logs-Token", token);

    public async Task<JsonElement> GetJsonAsync(string path) => await Client.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative));

    /// <summary>Sends a request to a virtual host and reads the answer to its end.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? host = null, HttpContent? content = null, (string, string)[]? headers = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Host = host;
        foreach (var (name, value) in headers ?? []) request.Headers.Add(name, value);
        return await Client.SendAsync(request);
    }

    /// <summary>The entries that match, once there are so many.</summary>
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
