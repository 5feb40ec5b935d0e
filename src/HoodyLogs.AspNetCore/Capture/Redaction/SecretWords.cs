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

    private static readonly SearchValues<byte> NameStarts = SearchValues.Create(" \t\r\n([{<,;=:|/\"'`\\"u8);

    private readonly SecretNames _names;
    private readonly SearchValues<string> _words;

    public SecretWords(SecretNames names, bool hasPaths)
    {
        string[] slashes = hasPaths ? ["/", "\\u002f", "\\u002F"] : [];
        _names = new SecretNames(names.All.Where(name => !EverydayWords.IsName(name)));
        _words = SearchValues.Create([.. TokenShapes.Beginnings, .. Schemes.Words, .. WordFinder.Options, .. slashes], StringComparison.Ordinal);
    }

    public bool IsIn(ReadOnlySpan<byte> utf8)
    {
        if (HasName(utf8)) return true;

        // Words are ASCII, so that nothing has to be decoded.
        Span<char> chars = stackalloc char[Window];
        while (true)
        {
            var part = chars[..Encoding.Latin1.GetChars(utf8[..Math.Min(Window, utf8.Length)], chars)];
            if (part.ContainsAny(_words)) return true;
            if (utf8.Length <= Window) return false;
            utf8 = utf8[(Window - Overlap)..];
        }
    }

    /// <summary>Whether a secret name stands before a blank.</summary>
    private bool HasName(ReadOnlySpan<byte> utf8)
    {
        for (var at = 0; at < utf8.Length;)
        {
            var next = utf8[at..].IndexOf((byte)' ');
            if (next < 0) return false;
            var blank = at + next;
            var name = utf8[Math.Max(at, blank - Overlap)..blank];
            name = name[(name.LastIndexOfAny(NameStarts) + 1)..];
            if (_names.Contains(name)) return true;
            at = blank + 1;
        }

        return false;
    }
}
