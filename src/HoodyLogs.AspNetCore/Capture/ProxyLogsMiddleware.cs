using HoodyLogs.AspNetCore.Capture.Features;
using HoodyLogs.AspNetCore.Capture.Recording;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>
/// Captures an exchange from its arrival to the end of its response. Failures of capture are counted and do not affect the exchange. Exceptions of the
/// exchange pass unchanged.
/// </summary>
internal sealed class ProxyLogsMiddleware(RequestDelegate next, ExchangeRecorder recorder)
{
    public Task InvokeAsync(HttpContext context) => recorder.Begin(context) is { } features ? CaptureAsync(features) : next(context);

    private async Task CaptureAsync(ExchangeFeatures features)
    {
        try
        {
            var exchange = features.Exchange;
            recorder.Enter(exchange);
            await (exchange.Policy.RecordsArrival ? PassAfterArrivalAsync(features) : next(exchange.Context)).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            features.Exchange.Exception = exception;
            throw;
        }
        finally
        {
            recorder.Leave(features);
        }
    }

    /// <summary>A separate method, so that the state machine of the common case stays small.</summary>
    private async Task PassAfterArrivalAsync(ExchangeFeatures features)
    {
        await recorder.RecordArrivalAsync(features.Exchange).ConfigureAwait(false);
        await next(features.Exchange.Context).ConfigureAwait(false);
    }
}
