using System.Text;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Tests.Capture.Bodies;

/// <summary>Sends a body through a host that echoes it, and returns the record.</summary>
internal static class PostedBody
{
    public static readonly Action<ProxyLogsOptions> Both = options => (options.Capture.CaptureRequestBody, options.Capture.CaptureResponseBody) = (true, true);

    public static readonly Action<ProxyLogsOptions> Kept = Both + (options => options.Capture.StoreUnreadableBodies = true);

    public static async Task<LogRecord> SendAsync(byte[] bytes, string? type, string? encoding = null, Action<ProxyLogsOptions>? options = null)
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(EchoAsync), options ?? Both);
        return await SendAsync(server, bytes, type, encoding);
    }

    public static async Task<LogRecord> SendAsync(CaptureServer server, byte[] bytes, string? type, string? encoding = null)
    {
        using var content = new ByteArrayContent(bytes);
        if (type is not null) content.Headers.TryAddWithoutValidation("Content-Type", type);
        if (encoding is not null) content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        using var response = await server.Client.PostAsync("/", content);
        (await response.Content.ReadAsByteArrayAsync()).Should().Equal(bytes, "capture changes nothing");
        return await server.NextAsync();
    }

    /// <summary>Returns both entries as JSON.</summary>
    public static string Shown(LogRecord record)
    {
        var (request, response) = (record.Request(), record.Response());
        return Read(request.RequestBody, request.RequestBodyEncoding) + Read(response.ResponseBody, response.ResponseBodyEncoding);

        static string? Read(string? body, string? encoding) => encoding == "base64" ? Encoding.Latin1.GetString(Convert.FromBase64String(body!)) : body;
    }

    private static async Task EchoAsync(HttpContext context)
    {
        context.Response.Headers.ContentType = context.Request.Headers.ContentType;
        context.Response.Headers.ContentEncoding = context.Request.Headers.ContentEncoding;
        await context.Request.Body.CopyToAsync(context.Response.Body);
    }
}
