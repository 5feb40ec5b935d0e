using Microsoft.Extensions.DependencyInjection;

namespace HoodyLogs.Configuration;

/// <summary>Registers delegates for the options of the host, so that they apply in the order of the calls.</summary>
internal sealed class ProxyLogsBuilder<T>(IServiceCollection services) : IProxyLogsBuilder
    where T : ProxyLogsCoreOptions
{
    public IServiceCollection Services => services;

    public IProxyLogsBuilder UseSqlite(Action<SqliteOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        services.Configure<T>(options => configure(options.Sqlite));
        return this;
    }

    public IProxyLogsBuilder UseSqlite(string database)
    {
        ArgumentNullException.ThrowIfNull(database);
        return UseSqlite(sqlite => sqlite.Database = database);
    }
}
