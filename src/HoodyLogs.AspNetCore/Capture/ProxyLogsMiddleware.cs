using HoodyLogs.AspNetCore.Capture.Exchanges;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>
/// Watches an exchange from its arrival to the end of its response. Whatever goes wrong here is counted and told, and never reaches the
/// exchange; whatever goes wrong in the exchange goes on to whom it would have reached without us.
/// </summary>
internal sealed class ProxyLogsMiddleware(RequestDelegate next, ExchangeRecorder recorder)
{
    public Task InvokeAsync(HttpContext context) => recorder.Begin(context) is { } exchange ? CaptureAsync(exchange) : next(context);

    private async Task CaptureAsync(Exchange exchange)
    {
        try
        {
            recorder.Enter(exchange);
            await (exchange.Rules.AtArrival ? PassAfterArrivalAsync(exchange) : next(exchange.Context)).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            exchange.Exception = exception;
            throw;
        }
        finally
        {
            recorder.Leave(exchange);
        }
    }

    /// <summary>A method of its own, so that the state of the common way stays small.</summary>
    private async Task PassAfterArrivalAsync(Exchange exchange)
    {
        await recorder.RecordArrivalAsync(exchange).ConfigureAwait(false);
        await next(exchange.Context).ConfigureAwait(false);
    }
}
