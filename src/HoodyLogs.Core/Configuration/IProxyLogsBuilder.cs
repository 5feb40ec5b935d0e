using Microsoft.Extensions.DependencyInjection;

namespace HoodyLogs;

/// <summary>Configures HoodyLogs after <c>AddProxyLogs</c> or <c>AddProxyLogsCore</c>.</summary>
public interface IProxyLogsBuilder
{
    /// <summary>Gets the services of the host.</summary>
    IServiceCollection Services { get; }

    /// <summary>Stores entries in a SQLite file. This is the default store.</summary>
    /// <param name="configure">Changes the options after the configuration is read, at startup and after each reload.</param>
    /// <returns>This builder.</returns>
    IProxyLogsBuilder UseSqlite(Action<SqliteOptions> configure);

    /// <summary>Stores entries in the given SQLite file.</summary>
    /// <param name="database">The path of the file, or <c>:memory:</c>. See <see cref="SqliteOptions.Database"/>.</param>
    /// <returns>This builder.</returns>
    IProxyLogsBuilder UseSqlite(string database);
}
