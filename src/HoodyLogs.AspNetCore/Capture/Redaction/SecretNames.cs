using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction;

/// <summary>The names whose values are never stored, wherever they stand: in a query, a form, JSON or a message. Ignores case.</summary>
internal sealed class SecretNames
{
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _names;
    private readonly int _longest;

    /// <summary>One bit for each pair of first and last letter that a name has: rules nearly all names out before they are decoded.</summary>
    private readonly uint[] _ends = new uint[32];

    public SecretNames(IEnumerable<string> names)
    {
        var set = names.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        _names = set.GetAlternateLookup<ReadOnlySpan<char>>();
        _longest = set.Count == 0 ? 0 : set.Max(name => name.Length);
        foreach (var name in set)
        {
            if (name.Length > 0) _ends[name[0] & 31] |= 1u << name[^1];
        }
    }

    public bool Contains(ReadOnlySpan<char> name) => name.Length <= _longest && _names.Contains(name);

    /// <summary>Whether a name as forms and queries write it is one of these: <c>token</c>, <c>to%6Ben</c>, <c>token[]</c>, <c>user[token]</c>.</summary>
    public bool ContainsField(ReadOnlySpan<char> name) =>
        ContainsUnescaped(name.IndexOfAny('%', '+') < 0 ? name : Uri.UnescapeDataString(name).Replace('+', ' '));

    /// <summary>Whether a JSON property of this name, still in UTF-8 but not escaped, is one of these.</summary>
    public bool Contains(ReadOnlySpan<byte> utf8)
    {
        const int MaxUtf8PerChar = 3;
        if (utf8.IsEmpty || utf8.Length > _longest * MaxUtf8PerChar) return false;

        // Letters differ in case by a bit that is left out here. What is not ASCII may equal a letter of another length.
        var (first, last) = (utf8[0], utf8[^1]);
        return ((first | last) >= 0x80 || (_ends[first & 31] & (1u << last)) != 0) && ContainsDecoded(utf8);
    }

    private bool ContainsDecoded(ReadOnlySpan<byte> utf8)
    {
        var rented = utf8.Length <= 128 ? null : ArrayPool<char>.Shared.Rent(utf8.Length);
        var chars = rented ?? stackalloc char[128];
        var found = Contains(chars[..Encoding.UTF8.GetChars(utf8, chars)]);
        if (rented is not null) ArrayPool<char>.Shared.Return(rented);
        return found;
    }

    private bool ContainsUnescaped(ReadOnlySpan<char> name)
    {
        name = name.Trim();
        if (Contains(name)) return true;
        var bracket = name.IndexOf('[');
        if (bracket < 0) return false;
        if (Contains(name[..bracket])) return true;
        var last = name[(name.LastIndexOf('[') + 1)..];
        return Contains(last.TrimEnd(']'));
    }
}
