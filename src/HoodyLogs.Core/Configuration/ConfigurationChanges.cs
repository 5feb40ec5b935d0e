using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace HoodyLogs.Configuration;

/// <summary>Tells <see cref="LastGoodOptions{T}"/> when the host's configuration was reloaded.</summary>
internal sealed class ConfigurationChanges<T>(IConfiguration? configuration = null) : IOptionsChangeTokenSource<T>
{
    public string Name => Options.DefaultName;

    public IChangeToken GetChangeToken() => configuration?.GetReloadToken() ?? new CancellationChangeToken(CancellationToken.None);
}
