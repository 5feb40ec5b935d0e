using System.Buffers;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Finders;

/// <summary>
/// Finds elements of XML and HTML with a sensitive name. Finds values whose name is in another field: <c>name="password" value="x"</c>,
/// <c>{ Key: "Password", Value: "x" }</c>.
/// </summary>
internal sealed class MarkupFinder(SensitiveNames names)
{
    private const int MaxTagLength = 512;
    private const int MaxNameLength = 128;

    private static readonly SearchValues<char> NameEnds = SearchValues.Create(" \t\r\n/>\"'");
    private static readonly SearchValues<char> FieldEnds = SearchValues.Create("\"'`\\,;&> \t\r\n\u201d}");
    private static readonly SearchValues<char> TagEnds = SearchValues.Create(">}\r\n");

    /// <summary>Finds the content of an element with a sensitive name. Returns the end of the content, or 0.</summary>
    /// <param name="text">The text.</param>
    /// <param name="bracket">The position of the closing bracket of the start tag.</param>
    /// <param name="found">Receives the content.</param>
    public int FindElement(ReadOnlySpan<char> text, int bracket, ref RedactionSpans found)
    {
        if (bracket == 0 || text[bracket - 1] == '/') return 0;
        var from = Math.Max(0, bracket - MaxTagLength);
        var open = from + text[from..bracket].LastIndexOf('<');
        found.CountSteps(bracket - Math.Max(from, open));
        if (open < from) return 0;
        var tag = text[(open + 1)..bracket];
        var end = tag.IndexOfAny(NameEnds);
        var whole = end < 0 ? tag : tag[..end];
        var name = whole[(whole.LastIndexOf(':') + 1)..];
        if (name.IsEmpty || !names.Contains(name)) return 0;
        var start = bracket + 1;
        var next = text[start..].IndexOf('<');
        if (next < 0) return Add(start, text.Length, ref found);
        var isText = text[(start + next)..].StartsWith("</", StringComparison.Ordinal);
        if (isText) return Add(start, start + next, ref found);
        var close = text[start..].IndexOf(string.Concat("</", whole), StringComparison.OrdinalIgnoreCase);
        return Add(start, close < 0 ? text.Length : start + close, ref found);
    }

    /// <summary>Finds the value for a sensitive name that is itself the value of a field. Returns the end of the value, or 0.</summary>
    /// <param name="text">The text.</param>
    /// <param name="nameStart">The start of the field's name.</param>
    /// <param name="start">The start of the field's value.</param>
    /// <param name="found">Receives the value.</param>
    public int FindValueOfNameField(ReadOnlySpan<char> text, int nameStart, int start, ref RedactionSpans found)
    {
        start += Quotes.LengthAtStart(text[start..]);
        var rest = text[start..Math.Min(text.Length, start + MaxNameLength)];
        var length = rest.IndexOfAny(FieldEnds);
        var name = length < 0 ? rest : rest[..length];
        if (name.IsEmpty || !names.ContainsField(name)) return 0;
        var end = FindValueOf(text, start + name.Length, ref found);
        if (end > 0) return end;

        // The value field may precede the name field.
        var from = Math.Max(0, nameStart - MaxTagLength);
        var open = from + text[from..nameStart].LastIndexOfAny('<', '{');
        found.CountSteps(nameStart - from);
        if (open >= from) FindValueOf(text[..nameStart], open, ref found);
        return 0;
    }

    private static int FindValueOf(ReadOnlySpan<char> text, int from, ref RedactionSpans found)
    {
        var length = text[from..Math.Min(text.Length, from + MaxTagLength)].IndexOfAny(TagEnds);
        var window = text[..(length < 0 ? Math.Min(text.Length, from + MaxTagLength) : from + length)];
        found.CountSteps(window.Length - from);
        for (var at = from; at < window.Length; at++)
        {
            var next = window[at..].IndexOfAny('=', ':');
            if (next < 0) break;
            at += next;
            var name = window[from..at].TrimEnd(" \"'\\");
            if (!NameValueFields.EndsWithValueField(name)) continue;
            var start = ValueBoundary.SkipBlanks(text, at + 1);
            return Add(start, ValueBoundary.EndOfSetting(text, start, isListed: false, ref found), ref found);
        }

        return 0;
    }

    private static int Add(int start, int end, ref RedactionSpans found)
    {
        found.Add(start, end);
        return Math.Max(start, end);
    }
}
