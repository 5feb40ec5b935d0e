using HoodyLogs.AspNetCore.Capture.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.Logging;

/// <summary>Extension methods that store log records of the host as events.</summary>
public static class ProxyLogsLoggingBuilderExtensions
{
    /// <summary>
    /// Stores log records of the host as events. If the app calls <c>UseProxyLogs</c>, an event has the trace id and the scope of the exchange during which
    /// it was logged. Needs <c>builder.Services.AddProxyLogs()</c>: without it, the host fails to start.
    /// </summary>
    /// <param name="builder">The logging of the host.</param>
    /// <param name="minimum">The minimum level without configuration. The default is <see cref="LogLevel.Warning"/>.</param>
    /// <remarks>
    /// <para>
    /// The configuration section <c>Logging:ProxyLogs:LogLevel</c> sets the minimum level by category. It also applies to logger factories that have no
    /// filters, such as Serilog's with <c>writeToProviders</c>. Log records of this library are never stored. Log records of requests to the logs API are
    /// stored only if <c>Capture:CaptureLogsApi</c> is true.
    /// </para>
    /// <para>A log record that background work writes after its exchange ended has a trace id but no scope. Only admins see it.</para>
    /// <para>
    /// Messages and exceptions are truncated to 8,192 characters each. Sensitive values in them are redacted. Values of the message template are stored by
    /// name: the first 32 values, up to 1,024 characters each and about 8 KB of JSON in total. If the name of a value is sensitive
    /// (<c>Capture:SensitiveNames</c>), the value is redacted and the template is stored instead of the message. Flags in <c>data</c> show whether
    /// something was truncated.
    /// </para>
    /// </remarks>
    public static ILoggingBuilder AddProxyLogs(this ILoggingBuilder builder, LogLevel minimum = LogLevel.Warning)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddSingleton<ProxyLogsLoggerProvider>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ILoggerProvider, ProxyLogsLoggerProvider>(
            provider => provider.GetRequiredService<ProxyLogsLoggerProvider>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, LoggerProviderActivation>());

        // The first rule, so that an equally specific rule from configuration overrides it.
        var rule = new LoggerFilterRule(typeof(ProxyLogsLoggerProvider).FullName, null, minimum, null);
        services.Configure<LoggerFilterOptions>(options => options.Rules.Insert(0, rule));
        return builder;
    }
}
