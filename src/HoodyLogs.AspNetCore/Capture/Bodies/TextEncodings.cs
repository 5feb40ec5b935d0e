using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>Detects the encoding of a text by its bytes, and whether bytes are text. A content type may be missing or wrong.</summary>
internal static class TextEncodings
{
    private const int Utf32Unit = 4;

    private static readonly UTF32Encoding Utf32LittleEndian = new(bigEndian: false, byteOrderMark: true);
    private static readonly UTF32Encoding Utf32BigEndian = new(bigEndian: true, byteOrderMark: true);

    // Text may contain escape (colors in logs) and the record separator (JSON sequences).
    private static readonly SearchValues<byte> NeverInText = SearchValues.Create([.. ControlsExcept("\t\n\v\f\r\u001b\u001e")]);

    // Without a declared text type, these may be string lengths of a binary format.
    private static readonly SearchValues<byte> NeverInUndeclaredText = SearchValues.Create([.. ControlsExcept("\t\n\r\u001e")]);

    /// <summary>Whether an encoding is UTF-16 or UTF-32.</summary>
    public static bool IsUnicode(Encoding encoding) => encoding is UnicodeEncoding or UTF32Encoding;

    /// <summary>Whether ASCII text has the same bytes in an encoding, so that names can be found.</summary>
    public static bool ExtendsAscii(Encoding encoding)
    {
        const string Ascii = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}";
        return encoding.GetString(Encoding.ASCII.GetBytes(Ascii)) == Ascii;
    }

    /// <summary>Detects the encoding of a text.</summary>
    /// <param name="bytes">The text.</param>
    /// <param name="declared">The encoding of the content type; null if it is not supported.</param>
    /// <returns>Null if the bytes are not text.</returns>
    public static Encoding? Detect(ReadOnlySpan<byte> bytes, Encoding? declared)
    {
        if (bytes.Contains((byte)0) || bytes is [0xff, 0xfe, ..] or [0xfe, 0xff, ..]) return DetectWithZeros(bytes, declared);

        // UTF-16 and UTF-32 text with an ASCII name contains zeros.
        return declared is not null && IsUnicode(declared) ? Encoding.UTF8 : declared;
    }

    /// <summary>Whether valid UTF-8 is text: it has no control characters that text does not contain.</summary>
    public static bool IsText(ReadOnlySpan<byte> utf8, bool isDeclared) => !utf8.ContainsAny(isDeclared ? NeverInText : NeverInUndeclaredText);

    /// <summary>Whether bytes are UTF-8 text.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="isWhole">Whether the bytes are complete.</param>
    public static bool IsUtf8Text(ReadOnlySpan<byte> bytes, bool isWhole) =>
        IsText(bytes, isDeclared: true) && Utf8.IsValid(isWhole ? bytes : bytes[..Utf8Text.WholeLength(bytes)]);

    private static Encoding? DetectWithZeros(ReadOnlySpan<byte> bytes, Encoding? declared)
    {
        if (IsUtf32(bytes, high: 3)) return Utf32LittleEndian;
        if (IsUtf32(bytes, high: 0)) return Utf32BigEndian;
        var (evenZeros, oddZeros, ascii) = CountUnits(bytes);
        var units = bytes.Length / 2;

        // Pairs of ASCII bytes are text in another encoding, even after a byte order mark.
        if (units == 0 || ascii * 4 > units) return null;
        var isMarked = bytes is [0xff, 0xfe, ..] or [0xfe, 0xff, ..] || (declared is not null && IsUnicode(declared));
        var minZeros = isMarked ? 0 : Math.Max(2, units / 4); // one zero may be chance
        if (oddZeros >= minZeros && evenZeros * 16 <= oddZeros && bytes is not [0xfe, 0xff, ..]) return Encoding.Unicode;
        if (evenZeros >= minZeros && oddZeros * 16 <= evenZeros && bytes is not [0xff, 0xfe, ..]) return Encoding.BigEndianUnicode;
        return null;
    }

    /// <summary>Whether each group of four bytes is a code point.</summary>
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
