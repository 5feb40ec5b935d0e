using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace HoodyLogs.Configuration;

/// <summary>The generated parts of the options of a host.</summary>
/// <param name="Schema">The properties.</param>
/// <param name="Bind">Binds readable values.</param>
/// <param name="Validator">Validates the bound options.</param>
internal sealed record OptionsBinding<T>(OptionsSchema Schema, Action<IConfiguration, T> Bind, IValidateOptions<T> Validator)
    where T : ProxyLogsCoreOptions;
