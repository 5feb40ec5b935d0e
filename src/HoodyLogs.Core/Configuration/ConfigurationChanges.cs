using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace HoodyLogs.Configuration;

/// <summary>Notifies <see cref="LastGoodOptions{T}"/> of reloads of the configuration.</summary>
internal sealed class ConfigurationChanges<T>(ProxyLogsSection section) : IOptionsChangeTokenSource<T>
{
    public string Name => Options.DefaultName;

    public IChangeToken GetChangeToken() => section.Configuration?.GetReloadToken() ?? new CancellationChangeToken(CancellationToken.None);
}
