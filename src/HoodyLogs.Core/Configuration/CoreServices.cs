using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using HoodyLogs.Diagnostics;
using HoodyLogs.Storage;
using HoodyLogs.Storage.Sqlite;
using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.Storage.Time;
using HoodyLogs.Tail;
using HoodyLogs.Tail.Gaps;
using HoodyLogs.Tail.Ring;
using HoodyLogs.Writing;
using HoodyLogs.Writing.Queue;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HoodyLogs.Configuration;

/// <summary>Registers the services that every host needs.</summary>
internal static class CoreServices
{
    /// <summary>Adds options that are bound, validated and reloaded.</summary>
    public static IServiceCollection AddLiveOptions<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>(
        this IServiceCollection services, Func<OptionsBinding<T>> binding)
        where T : ProxyLogsCoreOptions
    {
        services.AddOptions();
        services.TryAddSingleton(_ => binding());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<T>, OptionsSetup<T>>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<T>, OptionsSetup<T>>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<T>, OptionsSetup<T>>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IOptionsChangeTokenSource<T>, ConfigurationChanges<T>>());
        services.TryAddSingleton(provider => new ProxyLogsSection(provider.GetService<IConfiguration>()?.GetSection(ProxyLogsCoreOptions.SectionName)));
        services.TryAddSingleton<ILastGoodOptions<T>, LastGoodOptions<T>>();
        return services;
    }

    /// <summary>Binds the options to the given section instead of <c>ProxyLogs</c>.</summary>
    public static IServiceCollection UseSection(this IServiceCollection services, IConfiguration section) =>
        services.Replace(ServiceDescriptor.Singleton(new ProxyLogsSection(section)));

    /// <summary>Adds the parts of the core in the order in which a record passes them.</summary>
    public static IServiceCollection AddCoreParts(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<TrustedClock>();
        services.TryAddSingleton(provider => new LogMetrics(provider.GetService<IMeterFactory>()));
        services.TryAddSingleton(MakeQueue);
        services.TryAddSingleton<ILogSink>(provider => provider.GetRequiredService<LogQueue>());
        services.TryAddSingleton<IScopeDeleter, QueuedScopeDeleter>();
        services.TryAddSingleton<WriterHealth>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, LogWriter>(MakeWriter));
        services.TryAddSingleton<ILogStore>(MakeStore);
        services.TryAddSingleton<ILogBackup>(provider => provider.GetRequiredService<ILogStore>() is ILogBackup store
            ? new StoreBackupForwarder(store)
            : throw new InvalidOperationException("The ILogStore of this host has no backup: register an ILogBackup for it."));
        services.TryAddSingleton<GapHistory>();
        services.TryAddSingleton(provider => new LogRing(OptionsOf(provider).Current.Tail.RingEntries));
        services.TryAddSingleton<ILogTail, LogTail>();
        return services;
    }

    private static ILastGoodOptions<ProxyLogsCoreOptions> OptionsOf(IServiceProvider provider) =>
        provider.GetRequiredService<ILastGoodOptions<ProxyLogsCoreOptions>>();

    private static LogQueue MakeQueue(IServiceProvider provider) => new(
        OptionsOf(provider).Current.Queue, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<LogMetrics>());

    private static LogWriter MakeWriter(IServiceProvider provider)
    {
        var options = OptionsOf(provider).Current;
        return ActivatorUtilities.CreateInstance<LogWriter>(provider, options.Queue, options.FailFast);
    }

    private static SqliteLogStore MakeStore(IServiceProvider provider)
    {
        var options = OptionsOf(provider);
        var database = options.Current.Sqlite.Database;
        var settings = new SqliteStoreSettings(Path.GetFullPath(database))
        {
            IsTemporary = DatabasePath.IsMemory(database),
            MaxSeries = options.Current.Sqlite.MaxSeries,
            MinFreeBytes = () => options.Current.Sqlite.MinFreeBytes,
        };
        var store = new SqliteLogStore(
            settings, () => options.Current.Retention, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<SqliteLogStore>>(), provider.GetRequiredService<TrustedClock>());
        provider.GetRequiredService<LogMetrics>().ObserveUnscoped(() => store.UnscopedRecords);
        return store;
    }
}
