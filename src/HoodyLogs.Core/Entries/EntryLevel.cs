namespace HoodyLogs;

/// <summary>The weight of an entry, as the API names it (<c>level</c>). Ordered from the lightest.</summary>
public enum EntryLevel : byte
{
    /// <summary>Detail for debugging.</summary>
    Debug,

    /// <summary>The normal course of things.</summary>
    Info,

    /// <summary>The client's fault, or worth a look.</summary>
    Warn,

    /// <summary>The server side's fault.</summary>
    Error,
}
