using System.Buffers;
using HoodyLogs.AspNetCore.Endpoints.Responses;
using HoodyLogs.Entries;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints.Tunnels;

/// <summary>The one form of an error body of the tunnel route (decision U2).</summary>
internal static class TunnelError
{
    /// <summary>The answer to an unexpected failure on the tunnel route.</summary>
    public static ErrorWriter Form { get; } = new((context, status, message) => WriteAsync(context, status, "INTERNAL_ERROR", message));

    /// <summary>Answers with an error, before anything else was written.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">400 to 599.</param>
    /// <param name="code">For programs.</param>
    /// <param name="message">For people; plain text.</param>
    /// <param name="parameter">The parameter at fault, for <c>details</c>; null where there is none.</param>
    public static Task WriteAsync(HttpContext context, int status, string code, string message, string? parameter = null)
    {
        var body = new ArrayBufferWriter<byte>(256);
        var json = new Utf8JsonFragmentWriter(body);
        json.Raw("{\"code\":\""u8);
        json.Escaped(code);
        json.Raw("\",\"message\":\""u8);
        json.Escaped(message);
        if (parameter is not null)
        {
            json.Raw("\",\"details\":{\"parameter\":\""u8);
            json.Escaped(parameter);
            json.Raw("\"}}"u8);
        }
        else
        {
            json.Raw("\"}"u8);
        }

        json.Complete();
        return ApiError.WriteBodyAsync(context, status, body.WrittenMemory);
    }
}
