namespace HoodyLogs;

/// <summary>A <see cref="SeriesKey"/> under the number that the store gave it. Immutable; one instance per number and store.</summary>
/// <param name="number">Unique within the store, 0 or more, dense enough to index an array with. Never reused while the process lives.</param>
/// <param name="key">What the series stands for.</param>
public sealed class LogSeries(int number, SeriesKey key)
{
    /// <summary>Unique within the store, 0 or more; grows by one with each new series.</summary>
    public int Number { get; } = number;

    /// <summary>What the series stands for.</summary>
    public SeriesKey Key { get; } = key;

    /// <summary>How many entries a record of this series is worth: 2 for an exchange, else 1.</summary>
    public int EntriesPerRecord => Key.Shape == RecordShape.Exchange ? 2 : 1;

    /// <summary>The faces that a record of this series has.</summary>
    public RecordParts Parts => Key.Shape == RecordShape.Exchange ? RecordParts.Both : RecordParts.First;

    /// <summary>The part of the JSON that all first faces of this series share; made when first needed.</summary>
    internal byte[]? FirstPartJson { get; set; }

    /// <summary>The part of the JSON that all second faces of this series share; made when first needed.</summary>
    internal byte[]? SecondPartJson { get; set; }

    /// <summary>What the given face of a record of this series is.</summary>
    /// <param name="face"><see cref="RecordParts.First"/> or <see cref="RecordParts.Second"/>.</param>
    public EntryKind KindOf(RecordParts face) => Key.Shape switch
    {
        RecordShape.Exchange => face == RecordParts.Second ? EntryKind.Response : EntryKind.Request,
        RecordShape.Request => EntryKind.Request,
        RecordShape.Response => EntryKind.Response,
        _ => EntryKind.Event,
    };
}
