using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Access.Callers;

/// <summary>When the host's authentication of a caller ends.</summary>
internal static class TicketExpiry
{
    private static readonly long LastSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    /// <summary>The end of the authentication ticket, else the earliest <c>exp</c> claim; null where there is neither.</summary>
    public static DateTimeOffset? Of(HttpContext context)
    {
        if (context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc is { } end) return end;
        DateTimeOffset? earliest = null;
        foreach (var identity in context.User.Identities.Where(static identity => identity.IsAuthenticated))
        {
            foreach (var claim in identity.FindAll("exp"))
            {
                if (Read(claim.Value) is { } expiry && !(earliest <= expiry)) earliest = expiry;
            }
        }

        return earliest;
    }

    /// <summary>Seconds since 1970, fractions allowed; null for what is no such number.</summary>
    private static DateTimeOffset? Read(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && !double.IsNaN(seconds)
            ? DateTimeOffset.FromUnixTimeSeconds((long)Math.Clamp(seconds, 0, LastSecond))
            : null;
}
