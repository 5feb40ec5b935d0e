using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>Decides by its bytes in which encoding a body is text, and whether it is text at all. A content type may say nothing of it, or be wrong.</summary>
internal static class TextEncodings
{
    private const int Utf32Unit = 4;

    private static readonly UTF32Encoding Utf32LittleEndian = new(bigEndian: false, byteOrderMark: true);
    private static readonly UTF32Encoding Utf32BigEndian = new(bigEndian: true, byteOrderMark: true);

    // Escape begins colours in logs, the record separator a value in a sequence of JSON.
    private static readonly SearchValues<byte> NeverInText = SearchValues.Create([.. ControlsExcept("\t\n\v\f\r\u001b\u001e")]);

    // Where no content type says that this is text, the length of a string in a binary format may be any of these.
    private static readonly SearchValues<byte> NeverInUndeclaredText = SearchValues.Create([.. ControlsExcept("\t\n\r\u001e")]);

    /// <summary>Whether an encoding is UTF-16 or UTF-32.</summary>
    public static bool IsUnicode(Encoding encoding) => encoding is UnicodeEncoding or UTF32Encoding;

    /// <summary>Whether ASCII text is the same bytes in it, so that names can be found.</summary>
    public static bool ExtendsAscii(Encoding encoding)
    {
        const string Ascii = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}";
        return encoding.GetString(Encoding.ASCII.GetBytes(Ascii)) == Ascii;
    }

    /// <summary>The encoding of a text.</summary>
    /// <param name="bytes">The text.</param>
    /// <param name="declared">What the content type says; null where it says something that cannot be read.</param>
    /// <returns>Null where this is no text.</returns>
    public static Encoding? Of(ReadOnlySpan<byte> bytes, Encoding? declared)
    {
        if (bytes.Contains((byte)0) || bytes is [0xff, 0xfe, ..] or [0xfe, 0xff, ..]) return WithZeros(bytes, declared);

        // Without a zero, UTF-16 and UTF-32 cannot have a name in ASCII.
        return declared is not null && IsUnicode(declared) ? Encoding.UTF8 : declared;
    }

    /// <summary>Whether valid UTF-8 is text: without control characters that text does not have.</summary>
    public static bool IsText(ReadOnlySpan<byte> utf8, bool isDeclared) => !utf8.ContainsAny(isDeclared ? NeverInText : NeverInUndeclaredText);

    /// <summary>Whether bytes are text in UTF-8.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="isWhole">Whether they are not cut.</param>
    public static bool IsUtf8Text(ReadOnlySpan<byte> bytes, bool isWhole) =>
        IsText(bytes, isDeclared: true) && Utf8.IsValid(isWhole ? bytes : bytes[..Utf8Text.WholeLength(bytes)]);

    private static Encoding? WithZeros(ReadOnlySpan<byte> bytes, Encoding? declared)
    {
        if (IsUtf32(bytes, high: 3)) return Utf32LittleEndian;
        if (IsUtf32(bytes, high: 0)) return Utf32BigEndian;
        var (evenZeros, oddZeros, ascii) = CountUnits(bytes);
        var units = bytes.Length / 2;

        // Pairs of ASCII are text of another encoding, whatever a byte order mark says.
        if (units == 0 || ascii * 4 > units) return null;
        var isMarked = bytes is [0xff, 0xfe, ..] or [0xfe, 0xff, ..] || (declared is not null && IsUnicode(declared));
        var leastZeros = isMarked ? 0 : Math.Max(2, units / 4); // one zero is chance
        if (oddZeros >= leastZeros && evenZeros * 16 <= oddZeros && bytes is not [0xfe, 0xff, ..]) return Encoding.Unicode;
        if (evenZeros >= leastZeros && oddZeros * 16 <= evenZeros && bytes is not [0xff, 0xfe, ..]) return Encoding.BigEndianUnicode;
        return null;
    }

    /// <summary>Whether every four bytes are a code point.</summary>
    private static bool IsUtf32(ReadOnlySpan<byte> bytes, int high)
    {
        if (bytes.Length < Utf32Unit) return false;
        var next = high == 0 ? 1 : 2;
        for (var at = 0; at + Utf32Unit <= bytes.Length; at += Utf32Unit)
        {
            if (bytes[at + high] != 0 || bytes[at + next] > 0x10) return false;
        }

        return true;
    }

    private static (int EvenZeros, int OddZeros, int Ascii) CountUnits(ReadOnlySpan<byte> bytes)
    {
        var (evenZeros, oddZeros, ascii) = (0, 0, 0);
        for (var at = 0; at + 1 < bytes.Length; at += 2)
        {
            var (even, odd) = (bytes[at], bytes[at + 1]);
            if (even == 0) evenZeros++;
            if (odd == 0) oddZeros++;
            if (even is >= 0x20 and < 0x7f && odd is >= 0x20 and < 0x7f) ascii++;
        }

        return (evenZeros, oddZeros, ascii);
    }

    private static IEnumerable<byte> ControlsExcept(string allowed) =>
        Enumerable.Range(0, 0x20).Append(0x7f).Where(control => !allowed.Contains((char)control)).Select(control => (byte)control);
}
