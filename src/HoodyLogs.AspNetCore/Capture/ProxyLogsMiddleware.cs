using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>
/// Watches an exchange from its arrival to the end of its response. Whatever goes wrong here is counted and told, and never reaches the
/// exchange; whatever goes wrong in the exchange goes on to whom it would have reached without us.
/// </summary>
internal sealed class ProxyLogsMiddleware(RequestDelegate next, ExchangeRecorder recorder)
{
    public Task InvokeAsync(HttpContext context)
    {
        // An exception handler or a status page outside of us sends the exchange through the pipeline again: it is the same exchange.
        if (!recorder.Wants(context) || context.Features.Get<Exchange>() is not null) return next(context);
        return CaptureAsync(context, recorder.Begin(context));
    }

    private async Task CaptureAsync(HttpContext context, Exchange exchange)
    {
        try
        {
            if (recorder.Current.IsAsked) recorder.Current.Value = exchange;
            if (exchange.Rules.AtArrival) await recorder.RecordArrivalAsync(exchange).ConfigureAwait(false);
            await next(context).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            exchange.Exception = exception;
            throw;
        }
        finally
        {
            exchange.LeavePipeline();

            // Registered last, so that it is called first: before the services of the request are disposed, which a host's delegates may use.
            context.Response.OnCompleted(Completed, exchange);
        }
    }

    private static readonly Func<object, Task> Completed = static exchange => ((Exchange)exchange).CompleteAsync();
}
