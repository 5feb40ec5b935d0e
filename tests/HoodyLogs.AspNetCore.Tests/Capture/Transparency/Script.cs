using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Tests.Capture.Transparency;

/// <summary>A random exchange: the request of the client and the steps of the endpoint.</summary>
internal sealed partial class Script
{
    /// <summary>Ends a test that has failed.</summary>
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

    /// <summary>Returns a copy without observations.</summary>
    public Script Again() => new(this);

    /// <summary>Runs the steps of the endpoint, and notes what each returns or throws.</summary>
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

    /// <summary>Sends the request of the client.</summary>
    /// <returns>The observations of both sides.</returns>
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
        await _ended.Task.WaitAsync(Limit); // the endpoint may continue after the client has received everything
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

    /// <summary>The number of bytes at which the declared length is exceeded depends on the buffer.</summary>
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
            return "failed"; // the kind of failure depends on timing
        }
        catch (Exception exception)
        {
            return $"{exception.GetType().Name}: {SizeOfBuffer().Replace(exception.Message, "(")}";
        }
    }
}
