namespace HoodyLogs.AspNetCore.Capture.Data;

/// <summary>Most exchanges of a proxy say the same in <c>data</c>: equal bytes are kept once. Lossy and bounded like <see cref="DirectMappedCache{TKey,TValue}"/>.</summary>
internal sealed class FragmentInterner
{
    private const int Slots = 2048;
    private const int LongestKept = 512;

    private readonly byte[]?[] _fragments = new byte[Slots][];

    /// <summary>These bytes, as an array that may be shared; null where there are none.</summary>
    public byte[]? Share(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) return null;
        if (data.Length > LongestKept) return data.ToArray();
        var hash = default(HashCode);
        hash.AddBytes(data);
        ref var slot = ref _fragments[(uint)hash.ToHashCode() % Slots];
        if (Volatile.Read(ref slot) is { } fragment && data.SequenceEqual(fragment)) return fragment;
        fragment = data.ToArray();
        Volatile.Write(ref slot, fragment);
        return fragment;
    }
}
