namespace HoodyLogs;

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
