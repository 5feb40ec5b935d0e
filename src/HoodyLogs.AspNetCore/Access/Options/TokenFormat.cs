using System.Globalization;
using System.Text;

namespace HoodyLogs.AspNetCore.Access.Options;

/// <summary>Checks the characters of a configured token: a header must be able to carry them, and files and shells must not have added any.</summary>
internal static class TokenFormat
{
    private const string Quotes = "\"'“”‘’";

    /// <summary>What is wrong with a token, without showing it; null if nothing is wrong.</summary>
    public static string? FindProblem(string token)
    {
        if (token.Length == 0) return null;
        if (IsBlank(token[0]) || IsBlank(token[^1]))
        {
            return "begins or ends with whitespace, such as a line break (not shown here); remove it, for example write the secret with printf '%s' instead of echo";
        }

        if (Quotes.Contains(token[0], StringComparison.Ordinal) || Quotes.Contains(token[^1], StringComparison.Ordinal))
        {
            return "begins or ends with a quote (not shown here); give the token without quotes";
        }

        return token.EnumerateRunes().Any(static rune => !CanBeSent(rune))
            ? "has a control character or another character that no header can carry (not shown here); replace the token"
            : null;
    }

    private static bool IsBlank(char letter) => char.IsWhiteSpace(letter);

    // A lone surrogate is enumerated as the replacement character. Format characters, such as a byte order mark, are invisible.
    private static bool CanBeSent(Rune rune) => rune != Rune.ReplacementChar && Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned);
}
