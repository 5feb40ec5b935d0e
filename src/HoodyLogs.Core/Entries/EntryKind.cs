namespace HoodyLogs;

/// <summary>The kind of an entry. The API shows it as <c>kind</c>.</summary>
public enum EntryKind : byte
{
    /// <summary>A request arrived.</summary>
    Request,

    /// <summary>A request was answered.</summary>
    Response,

    /// <summary>Something happened outside of an exchange, for example a log record of the host.</summary>
    Event,
}
