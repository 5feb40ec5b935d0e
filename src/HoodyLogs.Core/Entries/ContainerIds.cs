using System.Collections.Frozen;

namespace HoodyLogs.Entries;

/// <summary>
/// Normalizes container ids. UUIDs are stored in lower case, so that tunnels, scopes and deletions agree on which container they mean.
/// Other ids are case-sensitive and stay unchanged.
/// </summary>
internal static class ContainerIds
{
    /// <summary>The length of a UUID: 8-4-4-4-12 hex digits.</summary>
    public const int UuidLength = 36;

    public static string Canonical(string id) => id.AsSpan().ContainsAnyInRange('A', 'F') && IsUuid(id) ? id.ToLowerInvariant() : id;

    public static FrozenSet<string> Canonical(FrozenSet<string> ids)
    {
        foreach (var id in ids)
        {
            if (!ReferenceEquals(Canonical(id), id)) return ids.Select(Canonical).ToFrozenSet();
        }

        return ids;
    }

    /// <summary>Returns whether the text is 8-4-4-4-12 hex digits. <see cref="Guid"/> also accepts spaces, signs and <c>0x</c>.</summary>
    public static bool IsUuid(ReadOnlySpan<char> text)
    {
        if (text.Length != UuidLength) return false;
        for (var index = 0; index < text.Length; index++)
        {
            var isRight = index is 8 or 13 or 18 or 23 ? text[index] == '-' : char.IsAsciiHexDigit(text[index]);
            if (!isRight) return false;
        }

        return true;
    }
}
