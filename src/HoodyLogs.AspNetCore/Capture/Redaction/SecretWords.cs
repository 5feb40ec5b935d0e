using System.Buffers;
using System.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction;

/// <summary>
/// Tells in one fast look whether UTF-8 has a word that secrets without a sign need: the beginning of a token, the name of a scheme or of a secret with a
/// blank behind it, an option of a command, a slash where paths are redacted.
/// </summary>
internal sealed class SecretWords
{
    private const int Window = 1024;
    private const int Overlap = 128; // longer than any word that is looked for
    private const int LengthOfTail = 4;

    private static readonly SearchValues<char> NameStarts = SearchValues.Create(" \t\r\n([{<,;=:|/\"'`\\");

    private readonly SecretNames _all;
    private readonly SearchValues<string> _words;

    /// <summary>The last letters of names and a blank: few enough to be searched fast, so that what is found has to be asked for as a whole.</summary>
    private readonly SearchValues<string> _tails;

    public SecretWords(SecretNames names, bool hasPaths)
    {
        string[] slashes = hasPaths ? ["/", "\\u002f", "\\u002F"] : [];
        _all = names;
        _words = SearchValues.Create([.. TokenShapes.Beginnings, .. Schemes.Words, .. WordFinder.Options, .. slashes], StringComparison.Ordinal);
        _tails = SearchValues.Create([.. names.All.Where(name => !EverydayWords.IsName(name)).SelectMany(Tails).Distinct()], StringComparison.OrdinalIgnoreCase);
    }

    public bool IsIn(ReadOnlySpan<byte> utf8)
    {
        // Words are ASCII, or else written as the bytes of UTF-8, so that nothing has to be decoded.
        Span<char> chars = stackalloc char[Window];
        while (true)
        {
            var part = chars[..Encoding.Latin1.GetChars(utf8[..Math.Min(Window, utf8.Length)], chars)];
            if (part.ContainsAny(_words) || HasName(part)) return true;
            if (utf8.Length <= Window) return false;
            utf8 = utf8[(Window - Overlap)..];
        }
    }

    private bool HasName(ReadOnlySpan<char> text)
    {
        for (var at = 0; at < text.Length;)
        {
            var next = text[at..].IndexOfAny(_tails);
            if (next < 0) return false;
            var blank = at + next + text[(at + next)..].IndexOf(' ');
            var name = text[Math.Max(0, blank - Overlap)..blank];
            name = name[(name.LastIndexOfAny(NameStarts) + 1)..];
            if (_all.Contains(name) || name.ContainsAnyExceptInRange('\0', '\u007f')) return true;
            at = blank + 1;
        }

        return false;
    }

    /// <summary>However a name joins its words.</summary>
    private static IEnumerable<string> Tails(string name)
    {
        var text = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(name)).ToLowerInvariant() + " ";
        foreach (var joint in new[] { "", "_", "-" })
        {
            var joined = text.Replace("_", joint).Replace("-", joint);
            yield return joined[Math.Max(0, joined.Length - LengthOfTail - 1)..];
        }
    }
}
