using HoodyLogs.AspNetCore.Capture.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.Logging;

/// <summary>Log records of the host as events among its exchanges.</summary>
public static class ProxyLogsLoggingBuilderExtensions
{
    /// <summary>
    /// Stores log records of the host as entries of the kind <c>event</c>, with the trace id and the scope of the exchange in whose flow they were
    /// logged. Needs <c>builder.Services.AddProxyLogs</c>, without which the host does not start, and, for trace id and scope, <c>UseProxyLogs</c>. Which records, the section
    /// <c>Logging:ProxyLogs:LogLevel</c> says, by category; what this library itself logs is never among them, nor are records of requests to the logs API
    /// unless <c>Capture:CaptureLogsApi</c> is on. The section also holds under logger factories that apply no filters, such as Serilog's with
    /// <c>writeToProviders</c>.
    /// </summary>
    /// <param name="builder">The host's logging.</param>
    /// <param name="minimum">The least level where that section says nothing.</param>
    /// <remarks>
    /// A record that is logged after its exchange has ended, by work that goes on in the background, has its trace id and no scope: only admins see it.
    /// Messages and exceptions are cut to 8 192 characters each, and secrets in them redacted where they stand as <c>name=value</c> or as a property of
    /// JSON. The values of a message's template are kept by name: the first 32, of 1 024 characters each, some 8 KB of JSON altogether. Where one has the
    /// name of a secret (<c>Capture:SensitiveNames</c>), it is redacted and the template is stored instead of the message. What was cut is told in
    /// <c>data</c>.
    /// </remarks>
    public static ILoggingBuilder AddProxyLogs(this ILoggingBuilder builder, LogLevel minimum = LogLevel.Warning)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddSingleton<ProxyLogsLoggerProvider>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILoggerProvider, ProxyLogsLoggerProvider>(
            provider => provider.GetRequiredService<ProxyLogsLoggerProvider>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, LoggerProviderActivation>());

        // First of the rules, so that configuration, whose rules are equals of this one, overrides it.
        var rule = new LoggerFilterRule(typeof(ProxyLogsLoggerProvider).FullName, null, minimum, null);
        services.Configure<LoggerFilterOptions>(options => options.Rules.Insert(0, rule));
        return builder;
    }
}
