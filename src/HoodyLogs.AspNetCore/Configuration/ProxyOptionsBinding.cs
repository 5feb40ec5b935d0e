using HoodyLogs.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace HoodyLogs.AspNetCore.Configuration;

/// <summary>Binds and validates the options of a proxy.</summary>
internal static class ProxyOptionsBinding
{
    public static OptionsBinding<ProxyLogsOptions> Create() => new(
        new OptionsSchema().Add<ProxyLogsOptions>().AddCore()
            .Add<CaptureOptions>().Add<AccessOptions>().Add<AccessToken>().Add<LimitOptions>().Add<TunnelOptions>(),
        static (section, options) => section.Bind(options),
        new ProxyLogsOptionsValidator());
}

[OptionsValidator]
internal sealed partial class ProxyLogsOptionsValidator : IValidateOptions<ProxyLogsOptions>;
