using System.Buffers;
using HoodyLogs.AspNetCore.Endpoints.Responses;
using HoodyLogs.Entries;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints.Tunnels;

/// <summary>Writes the error body of the tunnel route.</summary>
internal static class TunnelError
{
    /// <summary>Writes the errors that the tunnel route has in common with the other routes.</summary>
    public static ErrorWriter Writer { get; } = (context, status, message) => WriteAsync(context, status, GetCode(status), message);

    /// <summary>Writes an error answer. Nothing must have been written before.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The status, 400 to 599.</param>
    /// <param name="code">The error code, for programs.</param>
    /// <param name="message">The message, for people; plain text.</param>
    /// <param name="parameter">The invalid parameter, for <c>details</c>; null if there is none.</param>
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

    private static string GetCode(int status) => status switch
    {
        StatusCodes.Status405MethodNotAllowed => "METHOD_NOT_ALLOWED",
        StatusCodes.Status503ServiceUnavailable => "UNAVAILABLE",
        _ => "INTERNAL_ERROR",
    };
}
