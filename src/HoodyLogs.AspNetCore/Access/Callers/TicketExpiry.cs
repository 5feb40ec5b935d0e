using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Access.Callers;

/// <summary>Reads when the authentication of a user expires.</summary>
internal static class TicketExpiry
{
    private static readonly long LastSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>Gets the expiry of the authentication ticket, or else the earliest <c>exp</c> claim; null if there is neither.</summary>
    public static DateTimeOffset? GetExpiry(HttpContext context)
    {
        if (context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc is { } ticketExpiry) return ticketExpiry;
        DateTimeOffset? earliest = null;
        foreach (var identity in context.User.Identities.Where(static identity => identity.IsAuthenticated))
        {
            foreach (var claim in identity.FindAll("exp"))
            {
                if (Parse(claim.Value) is { } expiry && !(earliest <= expiry)) earliest = expiry;
            }
        }

        return earliest;
    }

    /// <summary>Parses seconds since 1970, with optional fractions; null if the text is not a number.</summary>
    private static DateTimeOffset? Parse(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && !double.IsNaN(seconds)
            ? DateTimeOffset.FromUnixTimeSeconds((long)Math.Clamp(seconds, 0, LastSecond))
            : null;
}
