using Microsoft.Extensions.Logging;

namespace HoodyLogs.Configuration;

internal static partial class ConfigurationMessages
{
    [LoggerMessage(700, LogLevel.Information, "The options of HoodyLogs were reloaded.")]
    public static partial void OptionsReloaded(ILogger logger);

    [LoggerMessage(701, LogLevel.Error, "The changed options of HoodyLogs are not valid. The previous options stay in force. {Reason}")]
    public static partial void ReloadRefused(ILogger logger, string reason);

    [LoggerMessage(702, LogLevel.Warning, "Changes to these options of HoodyLogs take effect after a restart: {Options}.")]
    public static partial void RestartNeeded(ILogger logger, string options);
}
