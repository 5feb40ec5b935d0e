namespace HoodyLogs.AspNetCore.Capture;

/// <summary>When the <c>request</c> entry of an exchange is written (decision E4).</summary>
public enum RequestEntryMode
{
    /// <summary>With the response entry, when the exchange completes; it carries the final status.</summary>
    AtCompletion,

    /// <summary>On arrival, without a status, so that hung and crashed requests are seen.</summary>
    AtArrival,
}
