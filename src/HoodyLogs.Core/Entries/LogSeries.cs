namespace HoodyLogs;

/// <summary>A <see cref="SeriesKey"/> with the number that the store gave it. Immutable. A store has one instance per number.</summary>
/// <param name="number">The number: 0 or more, unique within the store, dense enough to be an array index. Not reused while the process runs.</param>
/// <param name="key">The fields that all records of the series share.</param>
public sealed class LogSeries(int number, SeriesKey key)
{
    /// <summary>The number: 0 or more, unique within the store. Each new series gets the next number.</summary>
    public int Number { get; } = number;

    /// <summary>The fields that all records of the series share.</summary>
    public SeriesKey Key { get; } = key;

    /// <summary>The number of entries per record: 2 for an exchange, otherwise 1.</summary>
    public int EntriesPerRecord => Key.Shape == RecordShape.Exchange ? 2 : 1;

    /// <summary>The entries that each record of this series has.</summary>
    public RecordParts Parts => Key.Shape == RecordShape.Exchange ? RecordParts.Both : RecordParts.First;

    /// <summary>The JSON that all first entries of this series share. Created on first use.</summary>
    internal byte[]? FirstPartJson { get; set; }

    /// <summary>The JSON that all second entries of this series share. Created on first use.</summary>
    internal byte[]? SecondPartJson { get; set; }

    /// <summary>Returns the kind of one entry of a record of this series.</summary>
    /// <param name="part"><see cref="RecordParts.First"/> or <see cref="RecordParts.Second"/>.</param>
    public EntryKind KindOf(RecordParts part) => Key.Shape switch
    {
        RecordShape.Exchange => part == RecordParts.Second ? EntryKind.Response : EntryKind.Request,
        RecordShape.Request => EntryKind.Request,
        RecordShape.Response => EntryKind.Response,
        _ => EntryKind.Event,
    };
}
