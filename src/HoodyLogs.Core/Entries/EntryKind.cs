namespace HoodyLogs;

/// <summary>What an entry is about, as the API names it (<c>kind</c>).</summary>
public enum EntryKind : byte
{
    /// <summary>The arrival of a request.</summary>
    Request,

    /// <summary>The answer to a request.</summary>
    Response,

    /// <summary>Anything else that the host or this library has to say.</summary>
    Event,
}
