namespace HoodyLogs;

/// <summary>The number of entries, in total and by field. Entries without a value are not in the dictionary of that field.</summary>
public sealed record LogStats
{
    /// <summary>The number of matching entries.</summary>
    public required long Total { get; init; }

    /// <summary>The number of entries by level. It always contains all four levels.</summary>
    public required IReadOnlyDictionary<EntryLevel, long> ByLevel { get; init; }

    /// <summary>The number of entries by project.</summary>
    public required IReadOnlyDictionary<string, long> ByProject { get; init; }

    /// <summary>The number of entries by container.</summary>
    public required IReadOnlyDictionary<string, long> ByContainer { get; init; }

    /// <summary>The number of entries by service.</summary>
    public required IReadOnlyDictionary<string, long> ByService { get; init; }
}
