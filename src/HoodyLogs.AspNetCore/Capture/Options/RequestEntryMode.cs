namespace HoodyLogs.AspNetCore;

/// <summary>When the <c>request</c> entry of an exchange is written (decision E4).</summary>
public enum RequestEntryMode
{
    /// <summary>With the response entry, when the exchange completes; it carries the final status.</summary>
    AtCompletion,

    /// <summary>
    /// On arrival, without a status, so that hung and crashed requests are seen. What only the endpoint or the outcome would leave out (<c>DisableProxyLogs</c>
    /// where <c>UseRouting</c> is called behind <c>UseProxyLogs</c>, <see cref="CaptureOptions.Keep"/>) has its request entry alone then.
    /// </summary>
    AtArrival,
}
