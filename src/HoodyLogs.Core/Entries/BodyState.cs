namespace HoodyLogs;

/// <summary>Says how much of a body is stored, and why. Shown as <c>data.requestBodyState</c> and <c>data.responseBodyState</c>.</summary>
public enum BodyState : byte
{
    /// <summary>Body capture was off. The entry shows no state.</summary>
    NotCaptured,

    /// <summary>The whole body is stored.</summary>
    Full,

    /// <summary>Only the beginning is stored. The rest exceeded the size limit or the memory limit.</summary>
    Capped,

    /// <summary>Nothing is stored: the content type is excluded.</summary>
    ExcludedType,

    /// <summary>Nothing is stored: the body is an endless stream.</summary>
    Streamed,

    /// <summary>Nothing is stored: the connection was upgraded.</summary>
    Upgraded,

    /// <summary>The exchange was aborted. The part that was transferred before is stored.</summary>
    Aborted,

    /// <summary>Nothing is stored: redaction cannot read the body.</summary>
    Redacted,

    /// <summary>There was no body.</summary>
    Empty,

    /// <summary>The stored body cannot be read: retention has just removed it, or a power failure lost it. This state is shown, but never stored.</summary>
    Lost,
}
