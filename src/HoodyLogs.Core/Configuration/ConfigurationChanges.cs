using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace HoodyLogs.Configuration;

/// <summary>Tells <see cref="LastGoodOptions{T}"/> when the host's configuration was reloaded.</summary>
internal sealed class ConfigurationChanges<T>(ProxyLogsSection section) : IOptionsChangeTokenSource<T>
{
    public string Name => Options.DefaultName;

    public IChangeToken GetChangeToken() => section.Configuration?.GetReloadToken() ?? new CancellationChangeToken(CancellationToken.None);
}
