using System.Text;

namespace HoodyLogs.Queries;

/// <summary>
/// Finds a text in UTF-8 and ignores case as <see cref="StringComparison.OrdinalIgnoreCase"/> does. It is prepared once and used for many rows.
/// The time is linear in the length of the row, whatever the texts contain. Thread-safe.
/// </summary>
internal sealed class TextMatcher
{
    // The case mappings of ordinal comparison, by UTF-16 code unit. Created for the first text with a non-ASCII letter.
    private static readonly Lazy<char[]> Folded = new(static () => [.. Enumerable.Range(0, 0x10000).Select(static unit => FoldUnit((char)unit))]);

    // The folded text: bytes if it is ASCII, otherwise code points.
    private readonly int[] _symbols;

    // The failure function of Knuth, Morris and Pratt: how much of the text still matches after a mismatch.
    private readonly int[] _fallback;
    private readonly bool _isAscii;
    private readonly byte _lower;
    private readonly byte _upper;

    public TextMatcher(string text)
    {
        _isAscii = Ascii.IsValid(text);

        // A lone surrogate is stored as U+FFFD, so it must match U+FFFD.
        _symbols = [.. text.EnumerateRunes().Select(rune => _isAscii ? FoldAscii((byte)rune.Value) : Fold(rune))];
        _fallback = FallbackOf(_symbols);
        if (!_isAscii || _symbols.Length == 0) return;
        _upper = (byte)_symbols[0];
        _lower = (byte)char.ToLowerInvariant((char)_upper);
    }

    /// <summary>Returns whether the text occurs. Invalid UTF-8 counts as U+FFFD.</summary>
    public bool IsIn(ReadOnlySpan<byte> utf8) => IsIn(utf8, out _);

    /// <summary>Returns whether the text occurs, and how many letters were compared. That number is at most a small multiple of the row's length.</summary>
    internal bool IsIn(ReadOnlySpan<byte> utf8, out int compared)
    {
        compared = 0;
        if (_symbols.Length == 0) return true;
        return _isAscii ? IsInAscii(utf8, ref compared) : IsInUnicode(utf8, ref compared);
    }

    /// <summary>
    /// Compares at each occurrence of the first letter, which is fast for usual text. When this has cost as much as the length of the row, it searches
    /// the rest in linear time.
    /// </summary>
    private bool IsInAscii(ReadOnlySpan<byte> utf8, ref int compared)
    {
        var most = utf8.Length;
        while (utf8.Length >= _symbols.Length)
        {
            var next = utf8[..(utf8.Length - _symbols.Length + 1)].IndexOfAny(_lower, _upper);
            if (next < 0) return false;
            utf8 = utf8[next..];
            var matching = 1;
            while (matching < _symbols.Length && FoldAscii(utf8[matching]) == _symbols[matching]) matching++;
            if (matching == _symbols.Length) return true;
            compared += matching;
            utf8 = utf8[1..];
            if (compared > most) return IsInBytes(utf8, ref compared);
        }

        return false;
    }

    private bool IsInBytes(ReadOnlySpan<byte> utf8, ref int compared)
    {
        var matching = 0;
        foreach (var value in utf8)
        {
            if (Step(ref matching, FoldAscii(value), ref compared)) return true;
        }

        return false;
    }

    private bool IsInUnicode(ReadOnlySpan<byte> utf8, ref int compared)
    {
        var matching = 0;
        while (!utf8.IsEmpty)
        {
            if (utf8[0] < 0x80)
            {
                if (Step(ref matching, FoldAscii(utf8[0]), ref compared)) return true;
                utf8 = utf8[1..];
                continue;
            }

            Rune.DecodeFromUtf8(utf8, out var rune, out var length); // invalid bytes become U+FFFD
            if (Step(ref matching, Fold(rune), ref compared)) return true;
            utf8 = utf8[length..];
        }

        return false;
    }

    /// <returns>Whether the whole text matches.</returns>
    private bool Step(ref int matching, int symbol, ref int compared)
    {
        compared++;
        while (matching > 0 && _symbols[matching] != symbol)
        {
            matching = _fallback[matching];
            compared++;
        }

        if (_symbols[matching] == symbol) matching++;
        return matching == _symbols.Length;
    }

    private static int[] FallbackOf(int[] symbols)
    {
        var fallback = new int[symbols.Length + 1];
        for (int at = 1, matching = 0; at < symbols.Length; at++)
        {
            while (matching > 0 && symbols[at] != symbols[matching]) matching = fallback[matching];
            if (symbols[at] == symbols[matching]) matching++;
            fallback[at + 1] = matching;
        }

        return fallback;
    }

    private static int FoldAscii(byte value) => value is >= (byte)'a' and <= (byte)'z' ? value - 0x20 : value;

    private static int Fold(Rune rune)
    {
        if (rune.IsBmp) return Folded.Value[rune.Value];
        var upper = Rune.ToUpperInvariant(rune);
        return upper != rune && AreEqual(upper.ToString(), rune.ToString()) ? upper.Value : rune.Value;
    }

    // Ordinal comparison excludes a few mappings, for example from non-ASCII to ASCII letters.
    private static char FoldUnit(char unit)
    {
        var upper = char.ToUpperInvariant(unit);
        return upper != unit && AreEqual(upper.ToString(), unit.ToString()) ? upper : unit;
    }

    private static bool AreEqual(string first, string second) => first.Equals(second, StringComparison.OrdinalIgnoreCase);
}
