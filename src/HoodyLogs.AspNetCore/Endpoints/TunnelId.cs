namespace HoodyLogs.AspNetCore.Endpoints;

/// <summary>Tunnel identifiers: 8-4-4-4-12 hex digits, in any case (decision U1).</summary>
internal static class TunnelId
{
    private const int Length = 36;

    /// <summary>Stricter than <see cref="Guid"/> itself, which lets blanks, signs and <c>0x</c> pass.</summary>
    public static bool TryParse(string? text, out Guid id)
    {
        id = default;
        return text is { Length: Length } && !text.AsSpan().ContainsAny(" +xX") && Guid.TryParseExact(text, "D", out id);
    }
}
