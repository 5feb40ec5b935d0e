namespace HoodyLogs;

/// <summary>Why a body is stored as it is (decision E7: <c>data.requestBodyState</c>, <c>data.responseBodyState</c>).</summary>
public enum BodyState : byte
{
    /// <summary>Body capture was off: nothing is known, and nothing is shown.</summary>
    NotCaptured,

    /// <summary>The whole body is stored.</summary>
    Full,

    /// <summary>The beginning is stored; the rest passed the cap or the memory budget.</summary>
    Capped,

    /// <summary>Not stored: its content type is excluded.</summary>
    ExcludedType,

    /// <summary>Not stored: it is a stream without an end of its own.</summary>
    Streamed,

    /// <summary>Not stored: the connection was upgraded.</summary>
    Upgraded,

    /// <summary>What had passed when the exchange was cut off is stored.</summary>
    Aborted,

    /// <summary>Not stored: redaction could not read it.</summary>
    Redacted,

    /// <summary>There was no body.</summary>
    Empty,

    /// <summary>Not there any more when it was read: retention had just removed it, or a power cut took it before it was on the disk. Never stored.</summary>
    Lost,
}
