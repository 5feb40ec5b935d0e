namespace HoodyLogs;

/// <summary>Which entries a <see cref="LogRecord"/> has.</summary>
public enum RecordShape : byte
{
    /// <summary>A complete exchange: a request entry (id n) and a response entry (id n + 1).</summary>
    Exchange,

    /// <summary>A request entry only, written on arrival (<c>RequestEntry: AtArrival</c>).</summary>
    Request,

    /// <summary>A response entry only. Its request entry was written on arrival.</summary>
    Response,

    /// <summary>One event entry.</summary>
    Event,
}

/// <summary>The entries of one record. An exchange has two; every other record has one.</summary>
[Flags]
public enum RecordParts : byte
{
    /// <summary>No entry.</summary>
    None = 0,

    /// <summary>The first or only entry, with the id of the record.</summary>
    First = 1,

    /// <summary>The second entry: the response of an exchange, with the next id.</summary>
    Second = 2,

    /// <summary>Both entries of an exchange.</summary>
    Both = First | Second,
}
