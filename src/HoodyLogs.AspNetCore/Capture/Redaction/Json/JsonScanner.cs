using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Json;

/// <summary>
/// Finds secret properties in a whole JSON text in one pass without tokens, since reading bodies is most of what capturing them costs. It takes
/// nothing that <see cref="System.Text.Json.Utf8JsonReader"/> would not take; what it does not take (escaped names, deep nesting, what is no JSON) is
/// for that one to decide.
/// </summary>
internal static class JsonScanner
{
    private const int MaxDepth = 63;
    private const int Invalid = -1;

    /// <summary>Goes through the text.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="names">What to look for.</param>
    /// <param name="found">Takes where the values of secret properties begin and end, in order.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="looksIntoStrings">Whether a string that may quote a secret is not for the scanner to decide.</param>
    /// <returns>False where this is not for the scanner to decide.</returns>
    public static bool TryScan(
        ReadOnlySpan<byte> json, SensitiveNames names, Span<(int Start, int End)> found, out int count, bool looksIntoStrings = false)
    {
        count = 0;
        json = json.TrimEnd(" \n\r\t"u8);

        // What closes the whole stands at its end: nothing but a closer reaches that, so that nothing else has to ask for it.
        if (json is not [.., (byte)'}' or (byte)']']) return false;
        var depth = 0;
        var secretDepth = Invalid;
        var (nameStart, nameEnd) = (0, 0);
        var objects = 0UL; // a bit for each container around, the innermost last: whether it is an object
        var at = SkipSpace(json, 0);
        while (true)
        {
            // Here begins a value, or the name before it.
            if ((objects & 1) != 0)
            {
                if (json[at] != '"') return false;
                nameStart = at + 1;
                at = SkipString(json, nameStart, out var isEscaped);
                if (at < 0 || isEscaped) return false;
                nameEnd = at - 1;
                at = SkipSpace(json, at);
                if (json[at] != ':') return false;
                at = SkipSpace(json, at + 1);
                if (secretDepth < 0 && names.Contains(json[nameStart..nameEnd]))
                {
                    if (count == found.Length) return false;
                    found[count].Start = at;
                    secretDepth = depth;
                }
            }

            var first = json[at];
            if (first is (byte)'{' or (byte)'[')
            {
                if (depth++ == MaxDepth) return false;
                objects = (objects << 1) | (first == '{' ? 1u : 0);
                at = SkipSpace(json, at + 1);
                if (json[at] != CloserOf(objects)) continue;
                at++;
                depth--;
                objects >>= 1;
            }
            else if (depth == 0)
            {
                return false;
            }
            else if (first == '"')
            {
                var start = at + 1;
                at = SkipString(json, start, out var isEscaped);
                if (at < 0) return false;
                if (at - start > JsonStringRedactor.MinLength && looksIntoStrings && secretDepth < 0 && MayContainSensitiveValue(json, start, at - 1, isEscaped, names)) return false;

                // {"name":"password","value":"x"}
                var mayBeName = (objects & 1) != 0 && (secretDepth < 0 || secretDepth == depth);
                if (mayBeName && MarkupFinder.IsNameOfName(json[nameStart..nameEnd]) && names.Contains(json[start..(at - 1)])) return false;
            }
            else
            {
                at = SkipScalar(json, at);
            }

            if (at < 0) return false;

            // Here ends a value, and so may the containers around it.
            while (true)
            {
                if (depth == secretDepth)
                {
                    found[count++].End = at;
                    secretDepth = Invalid;
                }

                if (at == json.Length) return depth == 0;
                at = SkipSpace(json, at);
                if (depth == 0) break;
                var next = json[at++];
                if (next == ',')
                {
                    at = SkipSpace(json, at);
                    if (json[at] != CloserOf(objects)) break;
                    at++;
                }
                else if (next != CloserOf(objects))
                {
                    return false;
                }

                depth--;
                objects >>= 1;
            }
        }
    }

    private static bool MayContainSensitiveValue(ReadOnlySpan<byte> json, int start, int end, bool isEscaped, SensitiveNames names)
    {
        if (isEscaped && JsonStringRedactor.MayContainEscapedSensitiveValue(json[start..end], names)) return true;
        return !JsonStringRedactor.IsShortWithoutSigns(json, start, end) && JsonStringRedactor.MayContainSensitiveValue(json, start, end, names);
    }

    private static int CloserOf(ulong objects) => (objects & 1) != 0 ? '}' : ']';

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SkipSpace(ReadOnlySpan<byte> json, int at) => json[at] > ' ' ? at : SkipSpaces(json, at);

    private static int SkipSpaces(ReadOnlySpan<byte> json, int at)
    {
        while (json[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') at++;
        return at;
    }

    /// <summary>From behind the opening quote to behind the closing one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SkipString(ReadOnlySpan<byte> json, int at, out bool isEscaped)
    {
        isEscaped = false;
        if (at <= json.Length - Vector128<byte>.Count)
        {
            var bytes = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(json), (nuint)at);
            var stops = Vector128.Equals(bytes, Vector128.Create((byte)'"')) | Vector128.Equals(bytes, Vector128.Create((byte)'\\'))
                | Vector128.LessThan(bytes, Vector128.Create((byte)' '));
            var bits = stops.ExtractMostSignificantBits();
            at += bits == 0 ? Vector128<byte>.Count : BitOperations.TrailingZeroCount(bits);
            if (bits != 0 && json[at] == '"') return at + 1;
        }

        return SkipLongString(json, at, ref isEscaped);
    }

    private static int SkipLongString(ReadOnlySpan<byte> json, int at, ref bool isEscaped)
    {
        while (true)
        {
            var rest = json[at..];
            var run = rest.IndexOfAny((byte)'"', (byte)'\\');
            if (run < 0 || rest[..run].ContainsAnyInRange((byte)0, (byte)0x1f)) return Invalid;
            at += run + 1;
            if (rest[run] == '"') return at;
            isEscaped = true;
            at = SkipEscape(json, at);
            if (at < 0) return Invalid;
        }
    }

    private static int SkipEscape(ReadOnlySpan<byte> json, int at)
    {
        const int Digits = 4;
        if (at == json.Length) return Invalid;
        if (json[at] != 'u') return "\"\\/bfnrt"u8.Contains(json[at]) ? at + 1 : Invalid;
        if (json.Length - at <= Digits) return Invalid;
        foreach (var digit in json.Slice(at + 1, Digits))
        {
            if (!char.IsAsciiHexDigit((char)digit)) return Invalid;
        }

        return at + 1 + Digits;
    }

    /// <summary>Past a number or a literal; whether it ends there is told by what follows.</summary>
    private static int SkipScalar(ReadOnlySpan<byte> json, int at)
    {
        var rest = json[at..];
        var length = rest[0] switch
        {
            (byte)'t' => rest.StartsWith("true"u8) ? 4 : 0,
            (byte)'f' => rest.StartsWith("false"u8) ? 5 : 0,
            (byte)'n' => rest.StartsWith("null"u8) ? 4 : 0,
            _ => NumberLength(rest),
        };
        return length == 0 ? Invalid : at + length;
    }

    /// <summary>0 where there is no number.</summary>
    private static int NumberLength(ReadOnlySpan<byte> text)
    {
        var start = text[0] == '-' ? 1 : 0;
        var at = SkipDigits(text, start);
        if (at == start || (at > start + 1 && text[start] == '0')) return 0;
        if (text[at] == '.')
        {
            var fraction = at + 1;
            at = SkipDigits(text, fraction);
            if (at == fraction) return 0;
        }

        if (text[at] is not ((byte)'e' or (byte)'E')) return at;
        at++;
        if (text[at] is (byte)'+' or (byte)'-') at++;
        return SkipDigits(text, at) is var end && end > at ? end : 0;
    }

    private static int SkipDigits(ReadOnlySpan<byte> text, int at)
    {
        while (char.IsAsciiDigit((char)text[at])) at++;
        return at;
    }
}
