namespace HoodyLogs;

/// <summary>How many entries there are, by each dimension (decision S1). Entries without a value for a dimension are not in its map.</summary>
public sealed record LogStats
{
    /// <summary>All matching entries.</summary>
    public required long Total { get; init; }

    /// <summary>Always all four levels.</summary>
    public required IReadOnlyDictionary<EntryLevel, long> ByLevel { get; init; }

    /// <summary>By project.</summary>
    public required IReadOnlyDictionary<string, long> ByProject { get; init; }

    /// <summary>By container.</summary>
    public required IReadOnlyDictionary<string, long> ByContainer { get; init; }

    /// <summary>By service.</summary>
    public required IReadOnlyDictionary<string, long> ByService { get; init; }
}
