using System.Collections.Frozen;

namespace HoodyLogs.Entries;

/// <summary>
/// The one spelling of a container's id: a UUID, whose letters mean the same in either case, is in lower case everywhere, so that what a tunnel
/// shows (decision U1), a scope confines and a destruction removes (decision T6) is the same container. Other ids are compared as they are.
/// </summary>
internal static class ContainerIds
{
    private const int UuidLength = 36;

    public static string Canonical(string id) =>
        id.Length == UuidLength && id.AsSpan().ContainsAnyInRange('A', 'F') && Guid.TryParseExact(id, "D", out var uuid) ? uuid.ToString() : id;

    public static FrozenSet<string> Canonical(FrozenSet<string> ids)
    {
        foreach (var id in ids)
        {
            if (!ReferenceEquals(Canonical(id), id)) return ids.Select(Canonical).ToFrozenSet();
        }

        return ids;
    }
}
