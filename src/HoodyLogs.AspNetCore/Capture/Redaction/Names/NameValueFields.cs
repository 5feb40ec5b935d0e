using System.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Names;

/// <summary>Lists the fields that hold the name and the value of something else: <c>{"name":"password","value":"x"}</c>.</summary>
internal static class NameValueFields
{
    private const int MaxNameFieldLength = 9;
    private const int LetterBits = 31; // the same for uppercase and lowercase

    private static readonly string[] NameFields = ["name", "key", "id", "param", "parameter", "field", "header", "k", "property"];
    private static readonly string[] ValueFields = ["value", "content", "val", "v"];

    /// <summary>A bit for each first letter of <see cref="NameFields"/>.</summary>
    private static readonly uint FirstLetters = NameFields.Aggregate(0u, (letters, name) => letters | (1u << (name[0] & LetterBits)));

    /// <summary>Returns whether a field holds a name.</summary>
    public static bool IsNameField(ReadOnlySpan<char> name)
    {
        foreach (var word in NameFields)
        {
            if (name.Equals(word, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    /// <summary>Returns whether a JSON property holds a name.</summary>
    public static bool IsNameField(ReadOnlySpan<byte> utf8) =>
        utf8.Length is > 0 and <= MaxNameFieldLength && (FirstLetters & (1u << (utf8[0] & LetterBits))) != 0 && IsOneOf(utf8, NameFields);

    /// <summary>Returns whether a JSON property holds the value for a name.</summary>
    public static bool IsValueField(ReadOnlySpan<byte> utf8) => IsOneOf(utf8, ValueFields);

    /// <summary>Returns whether a text ends with the name of a field that holds a value.</summary>
    public static bool EndsWithValueField(ReadOnlySpan<char> text)
    {
        foreach (var word in ValueFields)
        {
            if (text.EndsWith(word, StringComparison.OrdinalIgnoreCase) && (text.Length == word.Length || !char.IsLetterOrDigit(text[^(word.Length + 1)]))) return true;
        }

        return false;
    }

    private static bool IsOneOf(ReadOnlySpan<byte> utf8, string[] words)
    {
        foreach (var word in words)
        {
            if (Ascii.EqualsIgnoreCase(utf8, word)) return true;
        }

        return false;
    }
}
