namespace HoodyLogs.AspNetCore.Capture.Redaction.Names;

/// <summary>
/// Lists names that are sensitive in urls and bodies, but usually not in messages: <c>exit code = 1</c>, <c>key => key.Id</c>,
/// <c>ticket: 4711 created</c>. In a message, the value decides.
/// </summary>
internal static class AmbiguousNames
{
    private const int MaxPlainDigits = 3;
    private const int MinTokenLength = 16;
    private const int MinCodeLength = 4;

    private static readonly string[] Names = ["code", "key", "pin", "auth", "sid", "ticket", "invite", "state", "nonce", "pass"];

    /// <summary>Returns whether the last part of a name is ambiguous.</summary>
    public static bool Contains(ReadOnlySpan<char> name)
    {
        name = name[(name.LastIndexOfAny('.', '[', ':') + 1)..].TrimEnd(']').Trim("_-'\"");
        foreach (var word in Names)
        {
            if (name.Equals(word, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    /// <summary>Returns whether a value after an equals sign is a short number or a literal, which is not sensitive.</summary>
    public static bool IsPlainValue(ReadOnlySpan<char> value) =>
        value is "null" or "true" or "false" or "ok" or "OK" || (value.Length <= MaxPlainDigits && value.IndexOfAnyExceptInRange('0', '9') < 0);

    /// <summary>Returns whether a word is long and has letters and digits, as tokens do.</summary>
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

    /// <summary>Returns whether a quoted value is long or has digits. Otherwise it is more likely the name of an error or a column.</summary>
    public static bool LooksLikeQuotedCredential(ReadOnlySpan<char> quoted)
    {
        var value = quoted.Trim("\\\"'`");
        return value.Length >= MinTokenLength || (value.Length >= MinCodeLength && value.ContainsAnyInRange('0', '9'));
    }
}
