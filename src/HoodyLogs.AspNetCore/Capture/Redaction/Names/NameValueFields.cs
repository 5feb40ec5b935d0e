using System.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Names;

/// <summary>x</summary>
internal static class NameValueFields
{
    private const int MaxNameFieldLength = 9;
    private const int LetterBits = 31; // upper and lower case have the same
    private static readonly string[] NameFields = ["name", "key", "id", "param", "parameter", "field", "header", "k", "property"];
    public static readonly string[] ValueFields = ["value", "content", "val", "v"];

    /// <summary>A bit for each first letter of <see cref="NameFields"/>.</summary>
    private static readonly uint FirstLetters = NameFields.Aggregate(0u, (letters, name) => letters | (1u << (name[0] & LetterBits)));

    public static bool IsNameField(ReadOnlySpan<char> name)
    {
        foreach (var word in NameFields)
        {
            if (name.Equals(word, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    /// <summary>The same for the name of a JSON property.</summary>
    public static bool IsNameField(ReadOnlySpan<byte> utf8) =>
        utf8.Length is > 0 and <= MaxNameFieldLength && (FirstLetters & (1u << (utf8[0] & LetterBits))) != 0 && IsOneOf(utf8, NameFields);

    /// <summary>Whether a JSON property of this name has the value that belongs to a name beside it.</summary>
    public static bool IsValueField(ReadOnlySpan<byte> utf8) => IsOneOf(utf8, ValueFields);

    private static bool IsOneOf(ReadOnlySpan<byte> utf8, string[] words)
    {
        foreach (var word in words)
        {
            if (Ascii.EqualsIgnoreCase(utf8, word)) return true;
        }

        return false;
    }
}
