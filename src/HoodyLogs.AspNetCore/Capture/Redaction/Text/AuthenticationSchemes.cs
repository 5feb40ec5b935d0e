using System.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Text;

/// <summary>The names of the schemes of HTTP authentication.</summary>
internal static class AuthenticationSchemes
{
    private static readonly string[] Names = ["Bearer", "Basic", "Digest", "ApiKey", "Api-Key", "Negotiate", "NTLM", "AWS4-HMAC-SHA256", "Token", "Hawk"];

    /// <summary>The names of schemes whose credentials are known without a sign.</summary>
    public static ReadOnlySpan<string> Distinct => Names.AsSpan(0, 8);

    /// <summary>Whether a word ends with the name of such a scheme.</summary>
    public static bool EndsWithScheme(ReadOnlySpan<byte> utf8)
    {
        foreach (var name in Distinct)
        {
            if (utf8.Length >= name.Length && Ascii.EqualsIgnoreCase(utf8[^name.Length..], name)) return true;
        }

        return false;
    }

    /// <summary>Whether a word names a scheme; <paramref name="takesLine"/>: whether its credentials are a list up to the end of the line.</summary>
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
