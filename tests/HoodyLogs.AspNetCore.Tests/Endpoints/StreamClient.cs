using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using FluentAssertions;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>One connection to the live tail, with the parser of System.Net.ServerSentEvents.</summary>
internal sealed class StreamClient : IAsyncDisposable
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(60));
    private readonly Stream _body;
    private readonly SseParser<string> _parser;
    private IAsyncEnumerator<SseItem<string>>? _frames;

    private StreamClient(HttpResponseMessage response, Stream body)
    {
        Response = response;
        _body = body;
        _parser = SseParser.Create(body);
    }

    public HttpResponseMessage Response { get; }

    /// <summary>The position with which the client would resume.</summary>
    public long LastEventId => _parser.LastEventId.Length == 0 ? -1 : long.Parse(_parser.LastEventId, CultureInfo.InvariantCulture);

    public static async Task<StreamClient> OpenAsync(
        Uri server, string query = "", long? lastEventId = null, string? token = StreamServer.AdminToken, Version? version = null)
    {
        var response = await Http.SendAsync(Request(server, query, lastEventId?.ToString(CultureInfo.InvariantCulture), token, version),
            HttpCompletionOption.ResponseHeadersRead);
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        return new StreamClient(response, await response.Content.ReadAsStreamAsync());
    }

    public static Task<HttpResponseMessage> GetAsync(Uri server, string query = "", string? lastEventId = null, string token = StreamServer.AdminToken) =>
        Http.SendAsync(Request(server, query, lastEventId, token, null), HttpCompletionOption.ResponseHeadersRead);

    /// <summary>Reads the next frame with data; null at the end of the stream.</summary>
    public async Task<Frame?> NextAsync()
    {
        _frames ??= _parser.EnumerateAsync(_limit.Token).GetAsyncEnumerator(_limit.Token);
        return await _frames.MoveNextAsync() ? new Frame(LastEventId, _frames.Current.EventType, _frames.Current.Data) : null;
    }

    public async Task<List<Frame>> TakeAsync(int count)
    {
        var frames = new List<Frame>();
        while (frames.Count < count) frames.Add(await NextAsync() ?? throw new InvalidOperationException($"The stream ended after {frames.Count} frames."));
        return frames;
    }

    public async Task<List<long>> TakeIdsAsync(int count) => (await TakeAsync(count)).ConvertAll(frame => frame.Id);

    /// <summary>Reads a number of characters of the stream.</summary>
    public async Task<string> TextAsync(int atLeast)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (text.Length < atLeast)
        {
            var count = await _body.ReadAsync(buffer, _limit.Token);
            if (count == 0) break;
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return text.ToString();
    }

    public ValueTask DisposeAsync()
    {
        // Disposing the response closes the connection. The enumerator has no resources of its own.
        Response.Dispose();
        _limit.Dispose();
        return ValueTask.CompletedTask;
    }

    private static HttpRequestMessage Request(Uri server, string query, string? lastEventId, string? token, Version? version)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server, "/api/proxy-logs/_logs/stream" + query));
        if (version is not null) (request.Version, request.VersionPolicy) = (version, HttpVersionPolicy.RequestVersionExact);
        if (token is not null) request.Headers.Add("X-Logs-Token", token);
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        return request;
    }

    internal sealed record Frame(long Id, string Event, string Data)
    {
        public JsonElement Json => JsonDocument.Parse(Data).RootElement;
    }
}
