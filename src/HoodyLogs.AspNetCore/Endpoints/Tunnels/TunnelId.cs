using HoodyLogs.Entries;

namespace HoodyLogs.AspNetCore.Endpoints.Tunnels;

/// <summary>Tunnel identifiers: 8-4-4-4-12 hex digits, in any case (decision U1).</summary>
internal static class TunnelId
{
    public static bool TryParse(string? text, out Guid id)
    {
        id = default;
        return ContainerIds.IsUuid(text) && Guid.TryParseExact(text, "D", out id);
    }
}
