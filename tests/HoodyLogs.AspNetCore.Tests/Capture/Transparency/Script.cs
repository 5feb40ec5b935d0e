using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Tests.Capture.Transparency;

/// <summary>An exchange at random: what the client sends, and what the endpoint does, step by step.</summary>
internal sealed partial class Script
{
    /// <summary>Only ends a test that has failed.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly string[] Methods = ["GET", "POST", "POST", "POST", "PUT"];
    private static readonly int[] Sizes = [0, 1, 10, 100, 1_000, 5_000, 20_000];

    private readonly string _method;
    private readonly byte[]? _body;
    private readonly bool _isChunked;
    private readonly List<(string Name, Func<HttpContext, int, Task<string>> Run, int Size)> _steps = [];
    private readonly int _throwsAt = -1;
    private readonly StringBuilder _seen = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Script(Random random)
    {
        _method = Methods[random.Next(Methods.Length)];
        if (_method is "POST" or "PUT") _body = Encoding.ASCII.GetBytes("a=" + new string('x', Size(random)));
        _isChunked = random.Next(3) == 0;
        var reads = random.Next(3) == 0 ? [] : Enumerable.Range(0, random.Next(1, 4)).Select(_ => Pick(Steps.Requests, random));
        var writes = Enumerable.Range(0, random.Next(1, 7)).Select(_ => Pick(Steps.Responses, random));
        _steps.AddRange(reads);
        foreach (var write in writes) _steps.Insert(random.Next(random.Next(4) == 0 ? 0 : _steps.Count, _steps.Count + 1), write);
        if (random.Next(10) == 0) _throwsAt = random.Next(_steps.Count);
    }

    private Script(Script other) =>
        (_method, _body, _isChunked, _steps, _throwsAt) = (other._method, other._body, other._isChunked, other._steps, other._throwsAt);

    /// <summary>The same once more, with nothing seen yet.</summary>
    public Script Again() => new(this);

    /// <summary>The endpoint's part: notes what each step returns or throws.</summary>
    public async Task RunAsync(HttpContext context)
    {
        try
        {
            await RunStepsAsync(context);
        }
        finally
        {
            _ended.SetResult();
        }
    }

    /// <summary>The client's part.</summary>
    /// <returns>What both have seen.</returns>
    public async Task<string> SendAsync(HttpClient client, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(_method), path) { Version = client.DefaultRequestVersion, VersionPolicy = client.DefaultVersionPolicy };
        if (_body is not null)
        {
            request.Content = new ByteArrayContent(_body);
            request.Content.Headers.ContentType = new("application/x-www-form-urlencoded");
            request.Headers.TransferEncodingChunked = _isChunked && request.Version == HttpVersion.Version11;
        }

        var received = await SeeAsync(() => ReceiveAsync(client, request));
        await _ended.Task.WaitAsync(Limit); // it may go on when the client has everything
        return $"{_seen}client: {received}";
    }

    public override string ToString() =>
        $"{_method} {_body?.Length}{(_isChunked ? " chunked" : "")}: {string.Join("; ", _steps.Select(step => $"{step.Name}({step.Size})"))}, throws at {_throwsAt}";

    private async Task RunStepsAsync(HttpContext context)
    {
        foreach (var (i, (name, run, size)) in _steps.Index())
        {
            if (i == _throwsAt) throw new InvalidOperationException("as the script says");
            var seen = await SeeAsync(() => run(context, size));
            _seen.AppendLine($"{name}({size}): {seen}, started: {context.Response.HasStarted}");
        }

        _seen.AppendLine($"end: {context.Response.StatusCode} {context.Response.ContentLength}");
    }

    private static int Size(Random random) => Sizes[random.Next(Sizes.Length)];

    private static (string, Func<HttpContext, int, Task<string>>, int) Pick(IReadOnlyDictionary<string, Func<HttpContext, int, Task<string>>> steps, Random random)
    {
        var (name, run) = steps.ElementAt(random.Next(steps.Count));
        return (name, run, Size(random));
    }

    private static async Task<string> ReceiveAsync(HttpClient client, HttpRequestMessage request)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        var headers = response.Headers.Concat(response.Content.Headers).Where(header => header.Key != "Date")
            .Select(header => $"{header.Key}: {string.Join(',', header.Value)}");
        var body = await response.Content.ReadAsStringAsync(limit.Token);
        var trailers = response.TrailingHeaders.Select(header => $"{header.Key}: {string.Join(',', header.Value)}");
        return $"{(int)response.StatusCode} [{string.Join("; ", headers)}] {body} [{string.Join("; ", trailers)}]";
    }

    /// <summary>How much is too much for the promised length depends on the buffer that there was.</summary>
    [GeneratedRegex(@"\(\d+ (?=of)")]
    private static partial Regex SizeOfBuffer();

    private static async Task<string> SeeAsync(Func<Task<string>> run)
    {
        try
        {
            return await run();
        }
        catch (HttpRequestException)
        {
            return "failed"; // how, depends on what of the connection's end comes first
        }
        catch (Exception exception)
        {
            return $"{exception.GetType().Name}: {SizeOfBuffer().Replace(exception.Message, "(")}";
        }
    }
}
