namespace HoodyLogs.AspNetCore.Capture.Data;

/// <summary>
/// Remembers the latest value for each of a fixed number of slots; a key displaces whatever had its slot. Never grows, takes no lock, and
/// what a client can choose cannot fill it up: at worst everything is made anew. Long texts are not kept.
/// </summary>
internal sealed class DirectMappedCache<TKey, TValue>
    where TKey : notnull, IEquatable<TKey>
{
    private const int Slots = 1024;
    private const int LongestKept = 256;

    private readonly Entry?[] _entries = new Entry?[Slots];

    public TValue GetOrMake(TKey key, Func<TKey, TValue> make) => GetOrMake(key, make, static (key, make) => make(key));

    public TValue GetOrMake<TState>(TKey key, TState state, Func<TKey, TState, TValue> make)
    {
        if (key is string { Length: > LongestKept }) return make(key, state);
        ref var slot = ref _entries[(uint)key.GetHashCode() % Slots];
        if (Volatile.Read(ref slot) is { } entry && entry.Key.Equals(key)) return entry.Value;
        var made = make(key, state);
        Volatile.Write(ref slot, new Entry(key, made));
        return made;
    }

    private sealed record Entry(TKey Key, TValue Value);
}
