using System.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Names;

/// <summary>
/// Excludes most words by their last three letters before a full comparison. Ignores case, and digits, underscores and hyphens at the end. Has false
/// positives, but no false negatives.
/// </summary>
internal sealed class SuffixFilter
{
    private const int Letters = 32;
    private const int FirstBeyondAscii = 0x80;
    private const int SuffixLength = 3;

    /// <summary>For each pair of last letters, a bit for each letter that may precede them.</summary>
    private readonly uint[] _firstLetters = new uint[Letters * Letters];

    /// <param name="words">The words to match.</param>
    public SuffixFilter(IEnumerable<string> words)
    {
        foreach (var word in words) Add(TrimIgnored(Encoding.UTF8.GetBytes(word)));
    }

    /// <summary>Returns whether a text may end with one of the words.</summary>
    public bool MayMatch(ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty && IsIgnored(text[^1])) text = TrimIgnored(text);
        if (text.Length < SuffixLength) return text.Length < SuffixLength - 1 || !IsLetter(text[^2]) || !IsLetter(text[^1]) || _firstLetters[PairIndex(text[^2], text[^1])] != 0;
        var (first, second, last) = (text[^3], text[^2], text[^1]);
        var firsts = _firstLetters[PairIndex(second, last)];
        return (firsts & LetterBit(first)) != 0 || !IsLetter(second) || !IsLetter(last) || (firsts != 0 && !IsLetter(first));
    }

    /// <summary>Returns the index of a pair of letters. Ignores the bit in which uppercase and lowercase differ.</summary>
    private static int PairIndex(int first, int last) => ((first & (Letters - 1)) * Letters) + (last & (Letters - 1));

    private static uint LetterBit(int letter) => 1u << (letter & (Letters - 1));

    /// <summary>Returns whether a byte is an ASCII character other than an underscore or a hyphen, which comparisons ignore.</summary>
    private static bool IsLetter(byte letter) => letter < FirstBeyondAscii && letter is not ((byte)'_' or (byte)'-');

    private static bool IsIgnored(byte letter) => letter is (>= (byte)'0' and <= (byte)'9') or (byte)'_' or (byte)'-';

    private static ReadOnlySpan<byte> TrimIgnored(ReadOnlySpan<byte> word)
    {
        while (!word.IsEmpty && IsIgnored(word[^1])) word = word[..^1];
        return word;
    }

    private void Add(ReadOnlySpan<byte> word)
    {
        switch (word.Length)
        {
            case 0:
                _firstLetters.AsSpan().Fill(uint.MaxValue);
                break;
            case 1:
                for (var before = 0; before < Letters; before++) _firstLetters[PairIndex(before, word[0])] = uint.MaxValue;
                break;
            case 2:
                _firstLetters[PairIndex(word[0], word[1])] = uint.MaxValue;
                break;
            default:
                _firstLetters[PairIndex(word[^2], word[^1])] |= LetterBit(word[^3]);
                break;
        }
    }
}
