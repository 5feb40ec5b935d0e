namespace HoodyLogs;

/// <summary>The faces of a record that something applies to.</summary>
[Flags]
public enum RecordParts : byte
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>The first (or only) face: id n.</summary>
    First = 1,

    /// <summary>The second face, the response of an exchange: id n + 1.</summary>
    Second = 2,

    /// <summary>Both faces of an exchange.</summary>
    Both = First | Second,
}
