using System.Diagnostics;
using HoodyLogs.AspNetCore.Capture;
using HoodyLogs.AspNetCore.Capture.Exchanges;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>The second of the three doors of HoodyLogs: Add, Use, Map.</summary>
public static class ProxyLogsApplicationBuilderExtensions
{
    /// <summary>
    /// Captures every exchange that passes this point of the pipeline. Belongs first, so that what other middleware answers is captured
    /// too, and bodies are counted as they are transferred. A second call is harmless: an exchange is recorded once. Requests that Kestrel refuses before
    /// they reach the pipeline are recorded as events that only admins see.
    /// </summary>
    /// <param name="app">The pipeline.</param>
    /// <exception cref="InvalidOperationException"><c>AddProxyLogs</c> was not called.</exception>
    public static IApplicationBuilder UseProxyLogs(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var recorder = app.ApplicationServices.GetService<ExchangeRecorder>()
            ?? throw new InvalidOperationException("UseProxyLogs needs builder.Services.AddProxyLogs() first.");
        app.ApplicationServices.GetService<MissingMiddlewareWarning>()?.Used();
        app.ApplicationServices.GetService<RejectedRequestListener>()?.Listen(app.ApplicationServices.GetService<DiagnosticListener>());
        return app.Use(next => new ProxyLogsMiddleware(next, recorder).InvokeAsync);
    }
}
