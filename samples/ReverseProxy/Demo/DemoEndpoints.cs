using System.Globalization;
using System.Net.WebSockets;
using System.Text;

namespace ReverseProxySample.Demo;

/// <summary>The endpoints of the demo upstream. Bodies are streamed and not buffered.</summary>
internal static class DemoEndpoints
{
    private const int MaxKnownOrder = 1000;
    private static readonly byte[] Filling = [.. Enumerable.Range(0, 64 * 1024).Select(index => (byte)('a' + (index % 26)))];
    private static int _users = 2;

    public static void MapDemoEndpoints(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/v1/users", context => JsonAsync(context, 200, """[{"id":1,"name":"Ada"},{"id":2,"name":"Grace"}]"""));
        endpoints.MapPost("/v1/users", AddUserAsync);
        endpoints.MapGet("/v1/orders/{id:long}", GetOrderAsync);
        endpoints.Map("/status/{code:int}", StatusAsync);
        endpoints.Map("/echo", EchoAsync);
        endpoints.MapGet("/bytes/{count:long}", BytesAsync);
        endpoints.Map("/slow/{milliseconds:int}", SlowAsync);
        endpoints.MapGet("/sse", SseAsync);
        endpoints.Map("/ws", WebSocketEchoAsync);
        endpoints.Map("/drop", DropAsync);
    }

    private static async Task AddUserAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        var id = Interlocked.Increment(ref _users);
        context.Response.Headers.Location = $"/v1/users/{id}";
        await JsonAsync(context, 201, $$"""{"id":{{id}}}""");
    }

    private static Task GetOrderAsync(HttpContext context)
    {
        var id = Number(context, "id");
        return id <= MaxKnownOrder
            ? JsonAsync(context, 200, $$"""{"id":{{id}},"state":"shipped"}""")
            : JsonAsync(context, 404, $$"""{"error":"no order {{id}}"}""");
    }

    private static Task StatusAsync(HttpContext context)
    {
        var code = (int)Number(context, "code");
        if (code is < 200 or > 599) return JsonAsync(context, 400, """{"error":"a status from 200 to 599, please"}""");
        context.Response.StatusCode = code;
        return code is 204 or 205 or 304 ? Task.CompletedTask : JsonAsync(context, code, $$"""{"status":{{code}}}""");
    }

    private static async Task EchoAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.ContentType = request.ContentType;
        response.ContentLength = request.ContentLength;
        response.Headers.ContentEncoding = request.Headers.ContentEncoding;
        await request.Body.CopyToAsync(response.Body, context.RequestAborted);
    }

    private static async Task BytesAsync(HttpContext context)
    {
        var left = Math.Max(0, Number(context, "count"));
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = left;
        for (; left > 0; left -= Math.Min(left, Filling.Length))
        {
            await context.Response.Body.WriteAsync(Filling.AsMemory(0, (int)Math.Min(left, Filling.Length)), context.RequestAborted);
        }
    }

    private static async Task SlowAsync(HttpContext context)
    {
        var milliseconds = Math.Max(0, Number(context, "milliseconds"));
        await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System, context.RequestAborted);
        await JsonAsync(context, 200, $$"""{"waitedMs":{{milliseconds}}}""");
    }

    private static async Task SseAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        using var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        for (var number = 1; ; number++)
        {
            await context.Response.WriteAsync($"id: {number}\ndata: {{\"n\":{number}}}\n\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await beat.WaitForNextTickAsync(context.RequestAborted);
        }
    }

    private static async Task WebSocketEchoAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await JsonAsync(context, 400, """{"error":"a WebSocket, please"}""");
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            if (received.MessageType == WebSocketMessageType.Close) break;
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
        }

        await socket.CloseAsync(socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure, socket.CloseStatusDescription, context.RequestAborted);
    }

    /// <summary>Declares a hundred bytes, sends twenty, and aborts after they had time to arrive.</summary>
    private static async Task DropAsync(HttpContext context)
    {
        context.Response.ContentLength = 100;
        await context.Response.WriteAsync("the beginning of it ", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, context.RequestAborted);
        context.Abort();
    }

    private static Task JsonAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = Encoding.UTF8.GetByteCount(json);
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(json, context.RequestAborted);
    }

    private static long Number(HttpContext context, string name) =>
        long.Parse((string)context.Request.RouteValues[name]!, CultureInfo.InvariantCulture);
}
