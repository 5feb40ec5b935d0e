using System.Buffers;
using System.Buffers.Text;
using System.Text;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Finders;

/// <summary>Finds credentials after the name of a scheme of HTTP authentication: <c>Bearer …</c>, <c>Basic …</c>, <c>Digest …</c>.</summary>
internal static class AuthenticationSchemeFinder
{
    private const int MinTokenLength = 16;
    private const int MaxGap = 8;

    private static readonly SearchValues<string> Anchors = SearchValues.Create(AuthenticationSchemes.Distinct, StringComparison.OrdinalIgnoreCase);
    private static readonly SearchValues<char> Gaps = SearchValues.Create(" \t:=+");
    private static readonly SearchValues<char> TokenEnds = SearchValues.Create("\"',;)}]<> \t\r\n\\");

    /// <summary>Finds the credentials in a text.</summary>
    public static void Find(ReadOnlySpan<char> text, ref RedactionSpans found)
    {
        if (text.IndexOfAny(Gaps) < 0) return; // a credential needs a gap before it
        for (var at = 0; text.Length - at > MinTokenLength / 2;)
        {
            var next = text[at..].IndexOfAny(Anchors);
            if (next < 0) return;
            var start = at + next;
            at = start + 1;
            var isWord = start == 0 || !char.IsLetterOrDigit(text[start - 1]);
            if (isWord && Find(text, start, ref found) is > 0 and var end) at = end;
        }
    }

    private static int Find(ReadOnlySpan<char> text, int start, ref RedactionSpans found)
    {
        var end = start;
        while (end < text.Length && end - start < 2 * MinTokenLength && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '-')) end++;
        if (!AuthenticationSchemes.Contains(text[start..end], out var takesLine)) return 0;
        var value = end;
        while (value < text.Length && value - end < MaxGap && Gaps.Contains(text[value])) value++;
        if (value == end || value == text.Length) return 0;
        if (takesLine) return FindList(text, value, ref found);
        var isBasic = text[start..end].Equals("Basic", StringComparison.OrdinalIgnoreCase);
        var isBearer = text[start..end].Equals("Bearer", StringComparison.OrdinalIgnoreCase);
        if (Quotes.LengthAtStart(text[value..]) is > 0 and var quote)
        {
            var closed = Quotes.EndOf(text, value, quote);
            found.Add(value, closed);
            return closed;
        }

        if (text[value] == '{' && isBearer)
        {
            var closed = text[value..].IndexOf('}') is > 0 and var length ? value + length + 1 : text.Length;
            found.Add(value, closed);
            return closed;
        }

        var ends = text[value..].IndexOfAny(TokenEnds) is >= 0 and var word ? value + word : text.Length;
        var token = text[value..ends];
        var isToken = isBasic ? IsBasicCredential(token) : token.Length >= MinTokenLength && (isBearer || token.IndexOfAnyInRange('0', '9') >= 0);
        if (isToken || (isBearer && token.Length >= MinTokenLength / 2 && token.IndexOfAnyInRange('0', '9') >= 0)) found.Add(value, ends);
        return ends;
    }

    /// <summary>Finds a list of parameters that extends to the end of the line.</summary>
    private static int FindList(ReadOnlySpan<char> text, int value, ref RedactionSpans found)
    {
        var end = ValueBoundary.EndOfLine(text, value);
        var first = text.Slice(value, Math.Min(end - value, 4 * MaxGap));
        if (!first.Contains('=')) return 0;
        found.Add(value, end);
        return end;
    }

    /// <summary>Returns whether a word is Base64 of <c>user:password</c>, and not prose after "basic".</summary>
    private static bool IsBasicCredential(ReadOnlySpan<char> token)
    {
        token = token.TrimEnd(".?!").TrimEnd('=');
        if (token.Length is < 4 or > 4096) return false;
        var padded = token.ToString().Replace('-', '+').Replace('_', '/') + new string('=', (4 - (token.Length % 4)) % 4);
        if (!Base64.IsValid(padded)) return false;
        var decoded = Encoding.Latin1.GetString(Convert.FromBase64String(padded));
        return decoded.Contains(':') && !decoded.AsSpan().ContainsAnyInRange('\0', '\u001f');
    }
}
