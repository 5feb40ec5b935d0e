using System.Buffers;
using System.Globalization;
using HoodyLogs.Entries;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace HoodyLogs.AspNetCore.Endpoints.Responses;

/// <summary>Writes an error answer. As endpoint metadata, it chooses the form of the error bodies of a route.</summary>
/// <param name="context">The request.</param>
/// <param name="status">The status, 400 to 599.</param>
/// <param name="message">The message, as plain text.</param>
internal delegate Task ErrorWriter(HttpContext context, int status, string message);

/// <summary>Writes the error body of all routes except the tunnel route.</summary>
internal static class ApiError
{
    /// <summary>Writes an error answer. Nothing must have been written before.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The status, 400 to 599.</param>
    /// <param name="message">What is wrong and what is accepted, as plain text.</param>
    public static Task WriteAsync(HttpContext context, int status, string message)
    {
        var body = new ArrayBufferWriter<byte>(256);
        var json = new Utf8JsonFragmentWriter(body);
        json.Raw("{\"statusCode\":"u8);
        json.Number(status);
        json.Raw(",\"error\":\""u8);
        json.Escaped(ReasonPhrases.GetReasonPhrase(status));
        json.Raw("\",\"message\":\""u8);
        json.Escaped(message);
        json.Raw("\"}"u8);
        json.Complete();
        return WriteBodyAsync(context, status, body.WrittenMemory);
    }

    /// <summary>Writes 400 for an invalid query string.</summary>
    public static Task WriteBadRequestAsync(HttpContext context, string message) => WriteAsync(context, StatusCodes.Status400BadRequest, message);

    /// <summary>Writes 429 with <c>Retry-After</c>.</summary>
    /// <param name="context">The request.</param>
    /// <param name="retryAfter">The time to wait; rounded up to whole seconds, at least 1 s.</param>
    /// <param name="message">The documented message.</param>
    public static Task WriteTooManyRequestsAsync(HttpContext context, TimeSpan retryAfter, string message)
    {
        SetRetryAfter(context.Response, retryAfter);
        return WriteAsync(context, StatusCodes.Status429TooManyRequests, message);
    }

    /// <summary>Sets <c>Retry-After</c>; rounded up to whole seconds, at least 1 s.</summary>
    public static void SetRetryAfter(HttpResponse response, TimeSpan retryAfter) =>
        response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes a JSON error body with its status and length.</summary>
    public static Task WriteBodyAsync(HttpContext context, int status, ReadOnlyMemory<byte> body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
