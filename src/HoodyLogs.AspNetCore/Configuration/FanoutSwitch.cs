using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace HoodyLogs.AspNetCore.Configuration;

/// <summary>Switches the fan-out on by a key that is outside the section, in the configuration or in the environment.</summary>
internal sealed class FanoutSwitch(IConfiguration? configuration = null) : IConfigureOptions<ProxyLogsOptions>
{
    private const string Key = "LOGS_ADMIN_FANOUT";

    public void Configure(ProxyLogsOptions options)
    {
        var value = configuration?[Key] ?? Environment.GetEnvironmentVariable(Key);
        if (string.IsNullOrEmpty(value)) return;
        if (bool.TryParse(value, out var isOn)) options.AdminFanout |= isOn;
        else options.ReadErrors.AddOutside($"{Key} is \"{value}\"; it takes true or false.");
    }
}
