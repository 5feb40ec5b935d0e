using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>Holds what the loggers of all categories share: the writer and the filter rules.</summary>
/// <param name="providerName">The full name of the provider type, by which filter rules refer to it.</param>
/// <param name="rules">The filter rules at startup.</param>
internal sealed class LoggerState(string providerName, LoggerFilterOptions rules)
{
    private volatile LoggerFilterOptions _rules = rules;
    private volatile EventWriter? _writer;

    /// <summary>The full name of the provider type.</summary>
    public string ProviderName { get; } = providerName;

    /// <summary>The filter rules in force. A reload replaces the object.</summary>
    public LoggerFilterOptions Rules
    {
        get => _rules;
        set => _rules = value;
    }

    /// <summary>The writer; null before the host starts and after the provider is disposed.</summary>
    public EventWriter? Writer
    {
        get => _writer;
        set => _writer = value;
    }
}
