using System.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction;

/// <summary>Rules nearly all words out by their last two letters, before they are read. Case does not matter, nor do digits, underscores and hyphens at the end.</summary>
internal sealed class WordEnds
{
    private const int Letters = 32;
    private const int FirstBeyondAscii = 0x80;

    private readonly bool[] _ends = new bool[Letters * Letters];

    /// <param name="words">The words that are not ruled out.</param>
    public WordEnds(IEnumerable<string> words)
    {
        foreach (var word in words) Add(WithoutAddition(Encoding.UTF8.GetBytes(word)));
    }

    /// <summary>Whether a text may end with one of the words.</summary>
    public bool MayEnd(ReadOnlySpan<byte> text)
    {
        if (!text.IsEmpty && IsAddition(text[^1])) text = WithoutAddition(text);
        if (text.Length < 2) return true;
        var (first, last) = (text[^2], text[^1]);
        return _ends[Pair(first, last)] || (first | last) >= FirstBeyondAscii || first is (byte)'_' or (byte)'-';
    }

    /// <summary>Letters differ in case by a bit that is left out here.</summary>
    private static int Pair(int first, int last) => ((first & (Letters - 1)) * Letters) + (last & (Letters - 1));

    private static bool IsAddition(byte letter) => letter is (>= (byte)'0' and <= (byte)'9') or (byte)'_' or (byte)'-';

    private static ReadOnlySpan<byte> WithoutAddition(ReadOnlySpan<byte> word)
    {
        while (!word.IsEmpty && IsAddition(word[^1])) word = word[..^1];
        return word;
    }

    private void Add(ReadOnlySpan<byte> word)
    {
        if (word.IsEmpty) _ends.AsSpan().Fill(true);
        if (word.Length == 1)
        {
            for (var first = 0; first < Letters; first++) _ends[Pair(first, word[0])] = true;
        }
        else if (word.Length > 1)
        {
            _ends[Pair(word[^2], word[^1])] = true;
        }
    }
}
