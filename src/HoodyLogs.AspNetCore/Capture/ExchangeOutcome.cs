using HoodyLogs.Entries;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>How an exchange ended: its status as sent, and its level (decision E5).</summary>
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

        var cut = exchange.ServerCut || IsShort(exchange, response);
        if (exchange.Exception is BadHttpRequestException refused && !exchange.ResponseBegun)
        {
            // The server refuses what the client sent, once everything of the pipeline has ended: the client's fault, not an error of ours.
            return new ExchangeOutcome(refused.StatusCode, LevelOf(refused.StatusCode), false);
        }

        if (exchange.Exception is not null || cut)
        {
            var begun = exchange.Exception is null ? exchange.ResponseBegun : response.HasStarted;
            if (!begun && status < StatusCodes.Status500InternalServerError) status = StatusCodes.Status500InternalServerError;
            return new ExchangeOutcome(status, EntryLevel.Error, cut || exchange.ResponseBegun);
        }

        return new ExchangeOutcome(status, LevelOf(status), false);
    }

    private static EntryLevel LevelOf(int status) => status switch
    {
        >= 500 => EntryLevel.Error,
        >= 400 => EntryLevel.Warn,
        _ => EntryLevel.Info,
    };

    /// <summary>Whether less was written than was promised: servers end such a connection.</summary>
    private static bool IsShort(Exchange exchange, HttpResponse response) =>
        response.ContentLength is { } promised && exchange.SeesTransfer && exchange.BytesOut >= 0 && exchange.BytesOut < promised
        && HasBody(exchange.Context);

    /// <summary>Whether a response to this request, with this status, has a body at all.</summary>
    public static bool HasBody(HttpContext context) =>
        !HttpMethods.IsHead(context.Request.Method)
        && context.Response.StatusCode is not (StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified)
        && context.Response.StatusCode >= 200;
}
