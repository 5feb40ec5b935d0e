using System.Buffers;
using HoodyLogs.Entries;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace HoodyLogs.AspNetCore.Endpoints.Responses;

/// <summary>The one form of an error body (decision L8).</summary>
internal static class ApiError
{
    /// <summary>The answer to an unexpected failure.</summary>
    public static ErrorWriter Form { get; } = new(WriteAsync);

    /// <summary>Answers with an error, before anything else was written.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">400 to 599.</param>
    /// <param name="message">What is wrong and what would be right; plain text.</param>
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

    /// <summary>Answers 429, saying when to come again.</summary>
    /// <param name="context">The request.</param>
    /// <param name="retryAfter">From now; rounded up to whole seconds, at least one.</param>
    /// <param name="message">The documented message.</param>
    public static Task TooManyAsync(HttpContext context, TimeSpan retryAfter, string message)
    {
        SetRetryAfter(context.Response, retryAfter);
        return WriteAsync(context, StatusCodes.Status429TooManyRequests, message);
    }

    internal static void SetRetryAfter(HttpResponse response, TimeSpan retryAfter) =>
        response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);

    internal static Task WriteBodyAsync(HttpContext context, int status, ReadOnlyMemory<byte> body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
