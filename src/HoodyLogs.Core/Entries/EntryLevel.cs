namespace HoodyLogs;

/// <summary>The severity of an entry. The API shows it as <c>level</c>. Ordered from the lowest.</summary>
public enum EntryLevel : byte
{
    /// <summary>Details for debugging.</summary>
    Debug,

    /// <summary>Normal operation.</summary>
    Info,

    /// <summary>A client error, or something unusual.</summary>
    Warn,

    /// <summary>A server error.</summary>
    Error,
}
