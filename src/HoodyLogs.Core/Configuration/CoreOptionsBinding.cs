using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace HoodyLogs.Configuration;

/// <summary>Binds and validates the options of the core.</summary>
internal static class CoreOptionsBinding
{
    public static OptionsBinding<ProxyLogsCoreOptions> Create() => new(
        new OptionsSchema().Add<ProxyLogsCoreOptions>().AddCore(),
        static (section, options) => section.Bind(options),
        new ProxyLogsCoreOptionsValidator());

    /// <summary>Adds the sections of the core.</summary>
    public static OptionsSchema AddCore(this OptionsSchema schema) =>
        schema.Add<SqliteOptions>().Add<QueueOptions>().Add<RetentionOptions>().Add<TailOptions>();
}

[OptionsValidator]
internal sealed partial class ProxyLogsCoreOptionsValidator : IValidateOptions<ProxyLogsCoreOptions>;
