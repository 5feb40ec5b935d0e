using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace HoodyLogs.AspNetCore.Tests.Capture.Transparency;

/// <summary>
/// The ways in which an endpoint can use its request and response. A step receives a size and returns its observation. Steps with unpredictable
/// results are omitted: aborts, cancellation without a pending operation, and bodies where none are allowed.
/// </summary>
internal static class Steps
{
    public static readonly IReadOnlyDictionary<string, Func<HttpContext, int, Task<string>>> Requests = new Dictionary<string, Func<HttpContext, int, Task<string>>>
    {
        ["ReadAsync(memory)"] = async (context, size) => Seen(await ReadAsync(size, (bytes, at) => context.Request.Body.ReadAsync(bytes.AsMemory(at)))),
        ["ReadAsync(array)"] = async (context, size) => Seen(await ReadAsync(size, (bytes, at) => new(context.Request.Body.ReadAsync(bytes, at, bytes.Length - at)))),
        ["Read(array)"] = async (context, size) => Seen(await ReadAsync(size, (bytes, at) => new(context.Request.Body.Read(bytes, at, bytes.Length - at)))),
        ["Read(span)"] = async (context, size) => Seen(await ReadAsync(size, (bytes, at) => new(context.Request.Body.Read(bytes.AsSpan(at))))),
        ["BeginRead"] = async (context, size) => Seen(await ReadAsync(size, (bytes, at) => new(Task.Factory.FromAsync(
            (callback, state) => context.Request.Body.BeginRead(bytes, at, bytes.Length - at, callback, state), context.Request.Body.EndRead, null)))),
        ["ReadByte"] = (context, _) => Now(() => context.Request.Body.ReadByte()),
        ["ReadAsync(cancelled)"] = async (context, size) => Seen(await ReadAsync(size, (bytes, at) => context.Request.Body.ReadAsync(bytes.AsMemory(at), new CancellationToken(true)))),
        ["CopyToAsync"] = (context, size) => CopiedAsync(to => context.Request.Body.CopyToAsync(to, size + 1)),
        ["CopyTo"] = (context, size) => CopiedAsync(to =>
        {
            context.Request.Body.CopyTo(to, size + 1);
            return Task.CompletedTask;
        }),
        ["DrainAsync"] = (context, _) => Done(context.Request.Body.DrainAsync(CancellationToken.None)),
        ["BodyReader.CopyToAsync"] = (context, _) => CopiedAsync(to => context.Request.BodyReader.CopyToAsync(to)),
        ["BodyReader.ReadAtLeastAsync"] = async (context, size) =>
        {
            var read = await context.Request.BodyReader.ReadAtLeastAsync(size);
            var taken = read.Buffer.Slice(0, Math.Min(size, read.Buffer.Length));
            var seen = $"{Seen(taken.ToArray())} {read.IsCanceled}";
            context.Request.BodyReader.AdvanceTo(taken.End);
            return seen;
        },
        ["BodyReader looks only"] = async (context, size) =>
        {
            var read = await context.Request.BodyReader.ReadAtLeastAsync(size);
            var seen = Seen(read.Buffer.Slice(0, Math.Min(size, read.Buffer.Length)).ToArray());
            context.Request.BodyReader.AdvanceTo(read.Buffer.Start);
            return seen;
        },
        ["BodyReader.AsStream"] = async (context, size) => Seen(await ReadAsync(size, (bytes, at) => context.Request.BodyReader.AsStream(leaveOpen: true).ReadAsync(bytes.AsMemory(at)))),
        ["BodyReader.CompleteAsync"] = (context, _) => Done(context.Request.BodyReader.CompleteAsync().AsTask()),
        ["ReadFormAsync"] = async (context, _) => (await context.Request.ReadFormAsync()).Count.ToString(),
        ["EnableBuffering"] = (context, size) => Now(() => context.Request.EnableBuffering(size + 1)),
        ["Position = 0"] = (context, _) => Now(() => context.Request.Body.Position = 0),
        ["Request.Body ="] = (context, size) => Now(() => context.Request.Body = new MemoryStream(Bytes(size))),
        ["Request.WriteAsync"] = (context, _) => Done(context.Request.Body.WriteAsync(new byte[1]).AsTask()),
        ["Request.DisposeAsync"] = (context, _) => Done(context.Request.Body.DisposeAsync().AsTask()),
        ["ContentLength"] = (context, _) => Now(() => context.Request.ContentLength),
        ["CanHaveBody"] = (context, _) => Now(() => context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody),
        ["echo"] = (context, _) => Done(context.Request.Body.CopyToAsync(context.Response.Body)),
        ["echo by pipes"] = (context, _) => Done(context.Request.BodyReader.CopyToAsync(context.Response.BodyWriter)),
    };

    public static readonly IReadOnlyDictionary<string, Func<HttpContext, int, Task<string>>> Responses = new Dictionary<string, Func<HttpContext, int, Task<string>>>
    {
        ["StatusCode ="] = (context, size) => Now(() => context.Response.StatusCode = new[] { 201, 404, 500 }[size % 3]),
        ["header"] = (context, size) => Now(() => context.Response.Headers["x-size"] = $"{size}"),
        ["ContentType ="] = (context, _) => Now(() => context.Response.ContentType = "application/json"),
        ["ContentLength ="] = (context, size) => Now(() => context.Response.ContentLength = size),
        ["trailer"] = (context, size) => Now(() =>
        {
            context.Response.DeclareTrailer("x-trailer");
            context.Response.AppendTrailer("x-trailer", $"{size}");
        }),
        ["Redirect"] = (context, _) => Now(() => context.Response.Redirect("/elsewhere")),
        ["Clear"] = (context, _) => Now(context.Response.Clear),
        ["WriteAsync(memory)"] = (context, size) => Done(context.Response.Body.WriteAsync(Bytes(size)).AsTask()),
        ["WriteAsync(array)"] = (context, size) => Done(context.Response.Body.WriteAsync(Bytes(size + 2), 1, size)),
        ["WriteAsync(cancelled)"] = (context, size) => Done(context.Response.Body.WriteAsync(Bytes(size), new CancellationToken(true)).AsTask()),
        ["WriteAsync(text)"] = (context, size) => Done(context.Response.WriteAsync(new string('t', size))),
        ["WriteAsJsonAsync"] = (context, size) => Done(context.Response.WriteAsJsonAsync(new { text = new string('j', size) })),
        ["Write(array)"] = (context, size) => Now(() => context.Response.Body.Write(Bytes(size + 2), 1, size)),
        ["Write(span)"] = (context, size) => Now(() => context.Response.Body.Write(Bytes(size).AsSpan())),
        ["WriteByte"] = (context, _) => Now(() => context.Response.Body.WriteByte((byte)'b')),
        ["BeginWrite"] = (context, size) => Done(Task.Factory.FromAsync(
            (callback, state) => context.Response.Body.BeginWrite(Bytes(size), 0, size, callback, state), context.Response.Body.EndWrite, null)),
        ["FlushAsync"] = (context, _) => Done(context.Response.Body.FlushAsync()),
        ["Flush"] = (context, _) => Now(context.Response.Body.Flush),
        ["BodyWriter.GetMemory"] = (context, size) => Now(() =>
        {
            Bytes(size).CopyTo(context.Response.BodyWriter.GetMemory(size));
            context.Response.BodyWriter.Advance(size);
        }),
        ["BodyWriter.GetSpan, in halves"] = (context, size) => Now(() =>
        {
            Bytes(size).CopyTo(context.Response.BodyWriter.GetSpan(size));
            context.Response.BodyWriter.Advance(size / 2);
            context.Response.BodyWriter.Advance(size - (size / 2));
        }),
        ["BodyWriter.Write"] = (context, size) => Now(() => context.Response.BodyWriter.Write(Bytes(size))),
        ["BodyWriter.WriteAsync"] = async (context, size) => Seen(await context.Response.BodyWriter.WriteAsync(Bytes(size))),
        ["BodyWriter.FlushAsync"] = async (context, _) => Seen(await context.Response.BodyWriter.FlushAsync()),
        ["BodyWriter.UnflushedBytes"] = (context, _) => Now(() => context.Response.BodyWriter.UnflushedBytes),
        ["BodyWriter.AsStream"] = (context, size) => Done(context.Response.BodyWriter.AsStream(leaveOpen: true).WriteAsync(Bytes(size)).AsTask()),
        ["BodyWriter.CompleteAsync"] = (context, _) => Done(context.Response.BodyWriter.CompleteAsync().AsTask()),
        ["StartAsync"] = (context, _) => Done(context.Response.StartAsync()),
        ["CompleteAsync"] = (context, _) => Done(context.Response.CompleteAsync()),
        ["SendFileAsync"] = (context, size) => Done(context.Response.SendFileAsync(typeof(Steps).Assembly.Location, size, size)),
        ["SendFileAsync(missing)"] = (context, _) => Done(context.Response.SendFileAsync(typeof(Steps).Assembly.Location + ".missing")),
        ["DisableBuffering"] = (context, _) => Now(() => context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering()),
        ["Response.ReadAsync"] = (context, _) => Done(context.Response.Body.ReadAsync(new byte[1]).AsTask()),
        ["Response.DisposeAsync"] = (context, _) => Done(context.Response.Body.DisposeAsync().AsTask()),
    };

    private static byte[] Bytes(int size) => Encoding.ASCII.GetBytes(string.Create(size, size, (text, seed) =>
    {
        for (var i = 0; i < text.Length; i++) text[i] = (char)('a' + ((i + seed) % 26));
    }));

    private static string Seen(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes);

    /// <summary>Does not return whether it is completed, because the client may have disconnected.</summary>
    private static string Seen(FlushResult flushed) => $"{flushed.IsCanceled}";

    /// <summary>Reads until there are enough bytes or the end, because the network determines the size of one read.</summary>
    private static async Task<byte[]> ReadAsync(int size, Func<byte[], int, ValueTask<int>> read)
    {
        var bytes = new byte[size];
        var length = 0;
        for (var last = -1; last != 0 && length < size; length += last) last = await read(bytes, length);
        return bytes[..length];
    }

    private static async Task<string> CopiedAsync(Func<Stream, Task> copy)
    {
        using var to = new MemoryStream();
        await copy(to);
        return Seen(to.ToArray());
    }

    private static async Task<string> Done(Task task)
    {
        await task;
        return "";
    }

    private static Task<string> Now(Action action)
    {
        action();
        return Task.FromResult("");
    }

    private static Task<string> Now<T>(Func<T> look) => Task.FromResult($"{look()}");
}
