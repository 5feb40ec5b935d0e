using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>How an exchange ended (decision E5).</summary>
/// <param name="Status">The status as sent.</param>
/// <param name="Level">The level.</param>
/// <param name="IsCut">Whether the response did not come to its own end.</param>
internal readonly record struct ExchangeOutcome(int Status, EntryLevel Level, bool IsCut)
{
    public static ExchangeOutcome Of(Exchange exchange)
    {
        var response = exchange.Context.Response;
        var status = response.StatusCode;
        if (exchange.ClientLeft)
        {
            return new ExchangeOutcome(exchange.ResponseBegun ? status : StatusCodes.Status499ClientClosedRequest, EntryLevel.Warn, true);
        }

        if (exchange.Exception is BadHttpRequestException refused && !exchange.ResponseBegun && !response.HasStarted)
        {
            // The server refuses what the client sent, once everything of the pipeline has ended: the client's fault, not an error of ours.
            return new ExchangeOutcome(refused.StatusCode, LevelOf(refused.StatusCode), false);
        }

        var cut = exchange.ServerCut || IsShort(exchange);
        if (IsBadRequest(exchange.Exception) && !exchange.ResponseBegun && !cut && response.HasStarted && status is >= 400 and < 500)
        {
            // A page outside of capture, such as the one for developers, words the refusal.
            return new ExchangeOutcome(status, EntryLevel.Warn, false);
        }

        if (exchange.Exception is null && !cut)
        {
            var isGrpcs = exchange.Grpc.IsGrpc && status < StatusCodes.Status500InternalServerError;
            return new ExchangeOutcome(status, isGrpcs ? exchange.Grpc.Level : LevelOf(status), false);
        }

        // What an outer handler makes of an exception has begun by now; what the server side cut before it began, never will.
        var sent = exchange.Exception is null ? exchange.ResponseBegun : response.HasStarted;
        if (!sent && status < StatusCodes.Status500InternalServerError) status = StatusCodes.Status500InternalServerError;
        return new ExchangeOutcome(status, EntryLevel.Error, cut || exchange.ResponseBegun);
    }

    private static bool IsBadRequest(Exception? exception) => exception is BadHttpRequestException or AntiforgeryValidationException;

    private static EntryLevel LevelOf(int status) => status switch
    {
        >= 500 => EntryLevel.Error,
        >= 400 => EntryLevel.Warn,
        _ => EntryLevel.Info,
    };

    /// <summary>Whether less was written than was promised: servers end such a connection.</summary>
    private static bool IsShort(Exchange exchange) =>
        exchange.Context.Response.ContentLength is { } promised && exchange.SeesTransfer && exchange.ResponseHasBody
        && exchange.BytesOut >= 0 && exchange.BytesOut < promised;
}
