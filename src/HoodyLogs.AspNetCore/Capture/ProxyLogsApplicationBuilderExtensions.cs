using System.Diagnostics;
using HoodyLogs.AspNetCore.Capture;
using HoodyLogs.AspNetCore.Capture.Recording;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds capture to the pipeline of a proxy.</summary>
public static class ProxyLogsApplicationBuilderExtensions
{
    /// <summary>
    /// Captures every exchange that passes this point of the pipeline. Call it first, so that responses of other middleware are captured and bodies are
    /// counted as they are transferred. A second call changes nothing: an exchange is recorded once. Requests that Kestrel rejects before they reach the
    /// pipeline are recorded as events that only admins can read.
    /// </summary>
    /// <param name="app">The pipeline.</param>
    /// <returns>The pipeline.</returns>
    /// <exception cref="InvalidOperationException"><c>AddProxyLogs</c> was not called.</exception>
    public static IApplicationBuilder UseProxyLogs(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var recorder = app.ApplicationServices.GetService<ExchangeRecorder>()
            ?? throw new InvalidOperationException("UseProxyLogs needs builder.Services.AddProxyLogs() first.");
        app.ApplicationServices.GetService<MissingMiddlewareWarning>()?.SetUsed();
        app.ApplicationServices.GetService<RejectedRequestListener>()?.Listen(app.ApplicationServices.GetService<DiagnosticListener>());
        return app.Use(next => new ProxyLogsMiddleware(next, recorder).InvokeAsync);
    }
}
