namespace HoodyLogs.AspNetCore.Capture.Redaction.Names;

/// <summary>
/// Words that name secrets in urls and bodies, but in messages mostly not: <c>exit code = 1</c>, <c>key => key.Id</c>, <c>ticket: 4711 created</c>.
/// </summary>
internal static class AmbiguousNames
{
    private const int MaxPlainDigits = 3;
    private const int MinTokenLength = 16;
    private const int MinCodeLength = 4;

    private static readonly string[] Names = ["code", "key", "pin", "auth", "sid", "ticket", "invite", "state", "nonce", "pass"];

    public static bool Contains(ReadOnlySpan<char> name)
    {
        name = name[(name.LastIndexOfAny('.', '[', ':') + 1)..].TrimEnd(']').Trim("_-'\"");
        foreach (var word in Names)
        {
            if (name.Equals(word, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    /// <summary>As an exit code or a key of nothing, behind <c>=</c> without blanks.</summary>
    public static bool IsPlainValue(ReadOnlySpan<char> value) =>
        value is "null" or "true" or "false" or "ok" or "OK" || (value.Length <= MaxPlainDigits && value.IndexOfAnyExceptInRange('0', '9') < 0);

    /// <summary>Whether a word looks like a token: long, with letters and digits. Behind a colon or a blank no other word counts.</summary>
    public static bool LooksLikeToken(ReadOnlySpan<char> word)
    {
        if (word.Length < MinTokenLength || !word.ContainsAnyInRange('0', '9')) return false;
        var letters = 0;
        foreach (var letter in word)
        {
            if (char.IsAsciiLetter(letter)) letters++;
            else if (!char.IsAsciiDigit(letter) && letter is not ('_' or '-' or '+' or '/' or '=' or '.' or '~' or ':')) return false;
        }

        return letters > 0;
    }

    /// <summary>Whether a quoted value behind an everyday name may be a secret: not the name of an error or a column.</summary>
    public static bool LooksLikeQuotedCredential(ReadOnlySpan<char> quoted)
    {
        var value = quoted.Trim("\\\"'`");
        return value.Length >= MinTokenLength || (value.Length >= MinCodeLength && value.ContainsAnyInRange('0', '9'));
    }
}
