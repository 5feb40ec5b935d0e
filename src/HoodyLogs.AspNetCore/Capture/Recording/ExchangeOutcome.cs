using HoodyLogs.AspNetCore.Capture.Exchanges;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture.Recording;

/// <summary>How an exchange ended.</summary>
/// <param name="Status">The recorded status.</param>
/// <param name="Level">The recorded level.</param>
/// <param name="IsCut">Whether the response is incomplete.</param>
internal readonly record struct ExchangeOutcome(int Status, EntryLevel Level, bool IsCut)
{
    public static ExchangeOutcome Of(Exchange exchange)
    {
        var response = exchange.Context.Response;
        var status = response.StatusCode;
        if (exchange.ClientDisconnected)
        {
            return new ExchangeOutcome(exchange.HasResponseStarted ? status : StatusCodes.Status499ClientClosedRequest, EntryLevel.Warn, true);
        }

        if (exchange.Exception is BadHttpRequestException rejected && !exchange.HasResponseStarted && !response.HasStarted)
        {
            // The server rejects the request after the pipeline has ended. The client is at fault, so this is not an error.
            return new ExchangeOutcome(rejected.StatusCode, LevelOf(rejected.StatusCode), false);
        }

        var isCut = exchange.ServerAborted || IsShort(exchange);
        if (IsBadRequest(exchange.Exception) && !exchange.HasResponseStarted && !isCut && response.HasStarted && status is >= 400 and < 500)
        {
            // Middleware in front of capture, such as the developer exception page, has answered with the rejection.
            return new ExchangeOutcome(status, EntryLevel.Warn, false);
        }

        if (exchange.Exception is null && !isCut)
        {
            var isGrpc = exchange.Grpc.IsGrpc && status < StatusCodes.Status500InternalServerError;
            return new ExchangeOutcome(status, isGrpc ? exchange.Grpc.Level : LevelOf(status), false);
        }

        // An exception handler in front of capture has started its response by now. A response that was aborted before it started never starts.
        var isSent = exchange.Exception is null ? exchange.HasResponseStarted : response.HasStarted;
        if (!isSent && status < StatusCodes.Status500InternalServerError) status = StatusCodes.Status500InternalServerError;
        return new ExchangeOutcome(status, EntryLevel.Error, isCut || exchange.HasResponseStarted);
    }

    private static bool IsBadRequest(Exception? exception) => exception is BadHttpRequestException or AntiforgeryValidationException;

    private static EntryLevel LevelOf(int status) => status switch
    {
        >= 500 => EntryLevel.Error,
        >= 400 => EntryLevel.Warn,
        _ => EntryLevel.Info,
    };

    /// <summary>Whether the response has fewer bytes than it declared. Servers abort such a response.</summary>
    private static bool IsShort(Exchange exchange) =>
        exchange.Context.Response.ContentLength is { } declared && exchange.IsOutermost && exchange.HasResponseBody
        && exchange.BytesOut >= 0 && exchange.BytesOut < declared;
}
