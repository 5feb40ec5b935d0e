namespace HoodyLogs.AspNetCore.Capture.Data;

/// <summary>
/// Shares equal <c>data</c> between records, because most exchanges of a proxy have the same. Lossy and bounded like <see cref="DirectMappedCache{TKey,TValue}"/>.
/// </summary>
internal sealed class FragmentInterner
{
    private const int Slots = 2048;
    private const int MaxLength = 512;

    private readonly byte[]?[] _fragments = new byte[Slots][];

    /// <summary>Returns an array with these bytes, which may be shared; null if there are none.</summary>
    public byte[]? Share(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) return null;
        if (data.Length > MaxLength) return data.ToArray();
        var hash = default(HashCode);
        hash.AddBytes(data);
        ref var slot = ref _fragments[(uint)hash.ToHashCode() % Slots];
        if (Volatile.Read(ref slot) is { } fragment && data.SequenceEqual(fragment)) return fragment;
        fragment = data.ToArray();
        Volatile.Write(ref slot, fragment);
        return fragment;
    }
}
