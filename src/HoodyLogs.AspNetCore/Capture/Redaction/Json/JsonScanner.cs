using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Json;

/// <summary>
/// Finds the values of sensitive properties in a whole JSON text. Reads the text in one pass without tokens, because reading bodies is most of the cost of
/// capturing them. Accepts only text that <see cref="System.Text.Json.Utf8JsonReader"/> accepts. Rejects valid JSON too, such as escaped names and deep
/// nesting. The caller reads a rejected text by token.
/// </summary>
internal static class JsonScanner
{
    private const int MaxDepth = 63; // a bit for each open container
    private const int Invalid = -1;
    private const int NotSensitive = -1;

    /// <summary>Finds the values of sensitive properties.</summary>
    /// <param name="json">The text in UTF-8.</param>
    /// <param name="names">The sensitive names.</param>
    /// <param name="found">Receives the start and the end of each value, in order.</param>
    /// <param name="count">The number of values found.</param>
    /// <param name="rejectsSensitiveStrings">Whether to reject a text in which a string may quote a sensitive value.</param>
    /// <returns>False if the text is rejected. Then the values found are not complete.</returns>
    public static bool TryScan(
        ReadOnlySpan<byte> json, SensitiveNames names, Span<(int Start, int End)> found, out int count, bool rejectsSensitiveStrings = false)
    {
        count = 0;
        json = json.TrimEnd(" \n\r\t"u8);

        // The last byte is a closing bracket. Only the end of a value can reach it, so no other step checks for the end of the text.
        if (json is not [.., (byte)'}' or (byte)']']) return false;
        var (depth, sensitiveDepth) = (0, NotSensitive);
        var objects = 0UL; // a bit for each open container, the innermost last: 1 for an object, 0 for an array
        var name = default(ReadOnlySpan<byte>);
        var at = SkipSpace(json, 0);
        while (true)
        {
            if (IsObject(objects) && !TryBeginProperty(json, names, found, depth, ref at, ref name, ref sensitiveDepth, ref count)) return false;
            var first = json[at];
            var isContainer = first is (byte)'{' or (byte)'[';
            if (depth == 0 && !isContainer) return false;
            if (isContainer)
            {
                if (depth == MaxDepth) return false;
                at = OpenContainer(json, at, first, ref depth, ref objects, out var isEmpty);
                if (!isEmpty) continue;
            }
            else if (first == '"')
            {
                var mayBeName = IsObject(objects) && (sensitiveDepth < 0 || sensitiveDepth == depth);
                at = ReadString(json, at + 1, names, mayBeName ? name : default, rejectsSensitiveStrings && sensitiveDepth < 0);
            }
            else
            {
                at = SkipScalar(json, at);
            }

            at = EndValue(json, at, ref depth, ref objects, ref sensitiveDepth, found, ref count);
            if (at < 0 || at == json.Length) return at > 0;
        }
    }

    /// <summary>Reads the name of a property, up to the start of its value. Begins a sensitive value if the name is sensitive.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryBeginProperty(
        ReadOnlySpan<byte> json, SensitiveNames names, Span<(int Start, int End)> found, int depth, ref int at, ref ReadOnlySpan<byte> name,
        ref int sensitiveDepth, ref int count)
    {
        at = ReadName(json, at, out name);
        if (at < 0) return false;
        if (sensitiveDepth >= 0 || !names.Contains(name)) return true;
        if (count == found.Length) return false;
        found[count].Start = at;
        sensitiveDepth = depth;
        return true;
    }

    /// <summary>Reads the name of a property. Returns the start of the property's value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadName(ReadOnlySpan<byte> json, int at, out ReadOnlySpan<byte> name)
    {
        name = default;
        if (json[at] != '"') return Invalid;
        var start = at + 1;
        at = SkipString(json, start, out var isEscaped);
        if (at < 0 || isEscaped) return Invalid;
        name = json[start..(at - 1)];
        at = SkipSpace(json, at);
        return json[at] == ':' ? SkipSpace(json, at + 1) : Invalid;
    }

    /// <summary>Reads an opening bracket, and the closing bracket if the container is empty. Returns the position after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int OpenContainer(ReadOnlySpan<byte> json, int at, byte opener, ref int depth, ref ulong objects, out bool isEmpty)
    {
        depth++;
        objects = (objects << 1) | (opener == '{' ? 1u : 0);
        at = SkipSpace(json, at + 1);
        isEmpty = json[at] == CloserOf(objects);
        if (!isEmpty) return at;
        depth--;
        objects >>= 1;
        return at + 1;
    }

    /// <summary>Reads a string. Returns the position after its closing quote.</summary>
    /// <param name="json">The text.</param>
    /// <param name="start">The position after the opening quote.</param>
    /// <param name="names">The sensitive names.</param>
    /// <param name="property">The property whose value the string is. Rejects the name of another property: <c>{"name":"password","value":"x"}</c>.</param>
    /// <param name="rejectsSensitive">Whether to reject a string that may quote a sensitive value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadString(ReadOnlySpan<byte> json, int start, SensitiveNames names, ReadOnlySpan<byte> property, bool rejectsSensitive)
    {
        var at = SkipString(json, start, out var isEscaped);
        if (at < 0) return Invalid;
        if (at - start > JsonStringRedactor.MinLength && rejectsSensitive && MayContainSensitiveValue(json, start, at - 1, isEscaped, names)) return Invalid;
        return NameValueFields.IsNameField(property) && names.Contains(json[start..(at - 1)]) ? Invalid : at;
    }

    /// <summary>
    /// Ends a value that was read up to a position, and the containers that end after it. Returns the start of the next value or name. Returns the length of
    /// the text if it is complete.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int EndValue(
        ReadOnlySpan<byte> json, int at, ref int depth, ref ulong objects, ref int sensitiveDepth, Span<(int Start, int End)> found, ref int count)
    {
        if (at < 0) return Invalid;
        while (true)
        {
            if (depth == sensitiveDepth)
            {
                found[count++].End = at;
                sensitiveDepth = NotSensitive;
            }

            if (at == json.Length) return depth == 0 ? at : Invalid;
            at = SkipSpace(json, at);
            if (depth == 0) return at;
            var next = json[at++];
            if (next == ',')
            {
                at = SkipSpace(json, at);
                if (json[at] != CloserOf(objects)) return at;
                at++;
            }
            else if (next != CloserOf(objects))
            {
                return Invalid;
            }

            depth--;
            objects >>= 1;
        }
    }

    private static bool MayContainSensitiveValue(ReadOnlySpan<byte> json, int start, int end, bool isEscaped, SensitiveNames names)
    {
        if (isEscaped && JsonStringRedactor.MayContainEscapedSensitiveValue(json[start..end], names)) return true;
        return !JsonStringRedactor.IsShortWithoutSigns(json, start, end) && JsonStringRedactor.MayContainSensitiveValue(json, start, end, names);
    }

    private static bool IsObject(ulong objects) => (objects & 1) != 0;

    private static int CloserOf(ulong objects) => IsObject(objects) ? '}' : ']';

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SkipSpace(ReadOnlySpan<byte> json, int at) => json[at] > ' ' ? at : SkipSpaces(json, at);

    private static int SkipSpaces(ReadOnlySpan<byte> json, int at)
    {
        while (json[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') at++;
        return at;
    }

    /// <summary>Skips a string from after its opening quote. Returns the position after its closing quote.</summary>
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

    /// <summary>Skips a number or a literal. The caller checks the byte that follows.</summary>
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

    /// <summary>Returns the length of a number, or 0 if there is none.</summary>
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
