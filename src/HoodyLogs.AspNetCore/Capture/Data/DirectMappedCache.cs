namespace HoodyLogs.AspNetCore.Capture.Data;

/// <summary>
/// Caches values in a fixed number of slots. A key replaces the key that had its slot. The cache does not grow and takes no lock, so keys that a client
/// chooses cannot exhaust it. Long texts are not cached.
/// </summary>
internal sealed class DirectMappedCache<TKey, TValue>
    where TKey : notnull, IEquatable<TKey>
{
    private const int Slots = 1024;
    private const int MaxTextLength = 256;

    private readonly Entry?[] _entries = new Entry?[Slots];

    public TValue GetOrCreate(TKey key, Func<TKey, TValue> create) => GetOrCreate(key, create, static (key, create) => create(key));

    public TValue GetOrCreate<TState>(TKey key, TState state, Func<TKey, TState, TValue> create)
    {
        if (key is string { Length: > MaxTextLength }) return create(key, state);
        ref var slot = ref _entries[(uint)key.GetHashCode() % Slots];
        if (Volatile.Read(ref slot) is { } entry && entry.Key.Equals(key)) return entry.Value;
        var created = create(key, state);
        Volatile.Write(ref slot, new Entry(key, created));
        return created;
    }

    private sealed record Entry(TKey Key, TValue Value);
}
