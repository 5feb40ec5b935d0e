namespace HoodyLogs.AspNetCore;

/// <summary>When the <c>request</c> entry of an exchange is written.</summary>
public enum RequestEntryMode
{
    /// <summary>When the exchange completes, together with the response entry. The request entry has the final status.</summary>
    AtCompletion,

    /// <summary>
    /// On arrival, without a status, so that requests that hang or crash are visible. An exchange that is excluded later has only its request entry:
    /// <see cref="CaptureOptions.Keep"/> excludes it, or an endpoint that is chosen after <c>UseProxyLogs</c>.
    /// </summary>
    AtArrival,
}
