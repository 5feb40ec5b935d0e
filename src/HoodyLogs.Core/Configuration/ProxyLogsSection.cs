using Microsoft.Extensions.Configuration;

namespace HoodyLogs.Configuration;

/// <summary>The section of the configuration that the options are bound from.</summary>
internal sealed record ProxyLogsSection(IConfiguration? Configuration)
{
    /// <summary>Gets the path of the section. Messages begin the name of an option with it.</summary>
    public string Path => Configuration is IConfigurationSection section ? section.Path : ProxyLogsCoreOptions.SectionName;
}
