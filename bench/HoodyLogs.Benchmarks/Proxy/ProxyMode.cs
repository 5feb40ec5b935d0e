namespace HoodyLogs.Benchmarks.Proxy;

/// <summary>The middleware in front of YARP in the pipelines of <see cref="ProxyServer"/>.</summary>
internal static class ProxyMode
{
    /// <summary>None.</summary>
    public const string Off = "off";

    public const string HoodyLogs = "hoodylogs";

    /// <summary>HTTP logging of ASP.NET Core, with a provider that discards it.</summary>
    public const string HttpLogging = "httplogging";

    /// <summary>HTTP logging of ASP.NET Core, with the text formatted as any writing provider does.</summary>
    public const string HttpLoggingText = "httplogging-text";
}
