using System.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Text;

/// <summary>Lists the schemes of HTTP authentication.</summary>
internal static class AuthenticationSchemes
{
    private const int DistinctCount = 8;

    // The first schemes are distinct names. The others are also words of prose.
    private static readonly string[] Names = ["Bearer", "Basic", "Digest", "ApiKey", "Api-Key", "Negotiate", "NTLM", "AWS4-HMAC-SHA256", "Token", "Hawk"];

    /// <summary>The schemes whose credentials are recognized without a sign before them.</summary>
    public static ReadOnlySpan<string> Distinct => Names.AsSpan(0, DistinctCount);

    /// <summary>Returns whether a word ends with one of <see cref="Distinct"/>.</summary>
    public static bool EndsWithScheme(ReadOnlySpan<byte> utf8)
    {
        foreach (var name in Distinct)
        {
            if (utf8.Length >= name.Length && Ascii.EqualsIgnoreCase(utf8[^name.Length..], name)) return true;
        }

        return false;
    }

    /// <summary>Returns whether a word is the name of a scheme.</summary>
    /// <param name="word">The word.</param>
    /// <param name="takesLine">Whether the credentials of the scheme are a list of parameters that extends to the end of the line.</param>
    public static bool Contains(ReadOnlySpan<char> word, out bool takesLine)
    {
        takesLine = false;
        foreach (var name in Names)
        {
            if (!word.Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            takesLine = name is "Digest" or "AWS4-HMAC-SHA256" or "Hawk";
            return true;
        }

        return false;
    }
}
