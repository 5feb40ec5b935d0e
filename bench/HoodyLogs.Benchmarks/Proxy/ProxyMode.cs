namespace HoodyLogs.Benchmarks.Proxy;

/// <summary>What stands before YARP in the pipelines of <see cref="ProxyServer"/>.</summary>
internal static class ProxyMode
{
    /// <summary>Nothing.</summary>
    public const string Off = "off";

    public const string HoodyLogs = "hoodylogs";

    /// <summary>ASP.NET's own HTTP logging, into a provider that discards it.</summary>
    public const string HttpLogging = "httplogging";

    /// <summary>The same, with the text made that any provider needs to write it.</summary>
    public const string HttpLoggingText = "httplogging-text";
}
