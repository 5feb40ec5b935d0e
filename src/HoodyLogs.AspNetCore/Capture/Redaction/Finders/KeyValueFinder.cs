using System.Buffers;
using System.Collections.Frozen;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Finders;

/// <summary>
/// Finds values after a sensitive name and a sign: <c>name=value</c>, <c>name: value</c>, <c>name => value</c>, <c>["name", "value"]</c>, elements of XML,
/// headers. Name and value may be quoted. Looks back a bounded number of characters for a name, so the work is linear in the length of the text.
/// </summary>
internal sealed class KeyValueFinder(SensitiveNames names, IEnumerable<string> headers)
{
    private const int MaxNameLength = 128;
    private const int MaxGap = 8;
    private const int MaxIndent = 256;

    private static readonly SearchValues<char> Signs = SearchValues.Create("=:>,");
    private static readonly SearchValues<char> NameStarts = SearchValues.Create("&;?!#,(){}<>`=|/\\ \t\r\n\u00a0\u201c\u201d\u201e\u2018\u00ab\u00bb");
    private static readonly string[] Verbs = [" is", " was", " are"];

    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _headers =
        headers.ToFrozenSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly MarkupFinder _markup = new(names);

    /// <summary>Returns whether a text has a value after a sensitive name.</summary>
    public bool HasMatch(ReadOnlySpan<char> text)
    {
        var found = default(RedactionSpans);
        Find(text, isDocument: false, ref found);
        return !found.IsEmpty;
    }

    /// <summary>Finds the values in a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isDocument">Whether the text is a document, such as YAML: then a value extends to the end of a line that begins with its name.</param>
    /// <param name="found">Receives the values.</param>
    public void Find(ReadOnlySpan<char> text, bool isDocument, ref RedactionSpans found)
    {
        for (var at = 0; at < text.Length;)
        {
            var next = text[at..].IndexOfAny(Signs);
            if (next < 0) return;
            var sign = at + next;
            at = sign + 1;
            var end = text[sign] switch
            {
                ',' => FindPair(text, sign, ref found),
                '>' => FindAfterBracket(text, sign, isDocument, ref found),
                _ => FindValue(text, sign, sign, isDocument, ref found),
            };
            at = Math.Max(at, end);
        }
    }

    /// <summary>Returns the name before a sign, and its start.</summary>
    private static ReadOnlySpan<char> NameBefore(ReadOnlySpan<char> text, int sign, out int start, ref RedactionSpans found)
    {
        var end = sign;
        while (end > 0 && sign - end < MaxGap && text[end - 1] is ' ' or '\t') end--;
        foreach (var verb in Verbs)
        {
            if (text[..end].EndsWith(verb, StringComparison.OrdinalIgnoreCase)) end -= verb.Length;
        }

        end -= Quotes.LengthAtEnd(text[Math.Max(0, end - MaxGap)..end]);
        while (end > 0 && sign - end < 2 * MaxGap && text[end - 1] == '\\') end--;
        var from = Math.Max(0, end - MaxNameLength);
        found.CountSteps(end - from);
        start = from + text[from..end].LastIndexOfAny(NameStarts) + 1;
        if (start > 0 && text[start - 1] == '\\') start += EscapeLength(text[start..end]);
        var quote = text[start..end].LastIndexOfAny('"', '\'');
        if (quote >= 0 && start + quote + 1 < end && text[start + quote + 1] != ']') start += quote + 1;
        return text[start..end].Trim("'\"");
    }

    /// <summary>Returns the length of a JSON escape at the start of a text, without its backslash: <c>\u0026name</c>, <c>\nname</c>.</summary>
    private static int EscapeLength(ReadOnlySpan<char> text) => text switch
    {
        ['u', var a, var b, var c, var d, ..] when char.IsAsciiHexDigit(a) && char.IsAsciiHexDigit(b) && char.IsAsciiHexDigit(c) && char.IsAsciiHexDigit(d) => 5,
        ['n' or 't' or 'r', ..] => 1,
        _ => 0,
    };

    /// <summary>Finds the value after a sign. Returns the position to continue at, or 0.</summary>
    private int FindValue(ReadOnlySpan<char> text, int sign, int nameEnd, bool isDocument, ref RedactionSpans found)
    {
        var start = sign + 1;
        var isColon = text[sign] == ':';
        if (start < text.Length && text[start] is ':' or '=' && text[start] == text[sign]) return start + 1; // "::", "=="
        if (isColon && start + 1 < text.Length && text[start] == '/' && text[start + 1] == '/') return start;
        if (text[sign] == '=' && sign > 0 && text[sign - 1] is '!' or '<' or '>') return start;
        var name = NameBefore(text, nameEnd, out var nameStart, ref found);
        if (isColon && start < text.Length && text[start] == '=') start++;
        start = ValueBoundary.SkipBlanks(text, start);
        if (text[sign] == '=' && start < text.Length && text[start] == '>') start = ValueBoundary.SkipBlanks(text, start + 1);
        if (name.IsEmpty || start == text.Length || IsRedacted(text, start)) return 0;
        if (NameValueFields.IsNameField(name) && _markup.FindValueOfNameField(text, nameStart, start, ref found) is > 0 and var named) return named;
        if (_headers.Contains(name[(name.LastIndexOf(':') + 1)..]) && (isColon || name.Contains("cookie", StringComparison.OrdinalIgnoreCase)))
        {
            return Add(start, ValueBoundary.EndOfHeader(text, nameStart, start), ref found);
        }

        if (!IsSensitive(name, isColon)) return 0;
        if (isColon && text[start..] is ['{' or '[', ' ', ..] && text[start..Math.Min(text.Length, start + MaxNameLength)].IndexOfAny("\"'`]}") < 0) return 0; // "Unexpected token: { at line 3"
        var end = EndOfValue(text, nameStart, start, isColon, isDocument, ref found);
        if (end <= start) return 0;
        return AmbiguousNames.Contains(name) && IsHarmless(text, sign, start, end) ? 0 : Add(start, end, ref found);
    }

    private static int EndOfValue(ReadOnlySpan<char> text, int nameStart, int start, bool isColon, bool isDocument, ref RedactionSpans found)
    {
        var isListed = !isColon && IsInSettingsList(text[Math.Max(0, nameStart - MaxIndent)..nameStart].TrimEnd());
        var end = ValueBoundary.EndOfSetting(text, start, isListed, ref found);
        var isQuoted = Quotes.LengthAtStart(text[start..]) > 0 || text[start] is '{' or '[' or '<';
        if (isQuoted || !IsAtLineStart(text, nameStart, out var line) || !(isDocument || line > 0)) return end;
        var block = text[start] is '|' or '>' ? EndOfYamlBlock(text, line, nameStart, start) : 0;
        return Math.Max(Math.Max(end, block), ValueBoundary.EndOfLine(text, start));
    }

    /// <summary>Returns whether a name is at the start of a line, after indentation, a list marker, a comment marker or a keyword of a script.</summary>
    private static bool IsAtLineStart(ReadOnlySpan<char> text, int nameStart, out int line)
    {
        var from = Math.Max(0, nameStart - MaxIndent);
        line = from + text[from..nameStart].LastIndexOfAny('\r', '\n') + 1;
        var indent = text[line..nameStart].Trim(" \t-#*\"'");
        return indent.IsEmpty || indent is "export" or "set" or "ENV" or "//";
    }

    /// <summary>Returns the end of a YAML block: the lines that are indented more than its name.</summary>
    private static int EndOfYamlBlock(ReadOnlySpan<char> text, int line, int nameStart, int start)
    {
        var indent = nameStart - line;
        var end = ValueBoundary.EndOfLine(text, start);
        while (end < text.Length)
        {
            var next = end + 1;
            if (text[end] == '\r' && next < text.Length && text[next] == '\n') next++;
            var content = next;
            while (content < text.Length && text[content] is ' ' or '\t') content++;
            var isBlank = content == text.Length || text[content] is '\r' or '\n';
            if (!isBlank && content - next <= indent) return end;
            end = ValueBoundary.EndOfLine(text, content);
        }

        return end;
    }

    /// <summary>Returns whether the value of an ambiguous name is not sensitive.</summary>
    private static bool IsHarmless(ReadOnlySpan<char> text, int sign, int start, int end)
    {
        var value = text[start..end];
        if (Quotes.LengthAtStart(value) > 0) return !AmbiguousNames.LooksLikeQuotedCredential(value);
        if (text[sign] == ':') return !AmbiguousNames.LooksLikeToken(value);
        var isTight = sign > 0 && !char.IsWhiteSpace(text[sign - 1]) && start == sign + 1 && text[start] != '>';
        return !isTight || AmbiguousNames.IsPlainValue(value);
    }

    /// <summary>Returns whether another setting of a list precedes: <c>Server=x;</c>.</summary>
    private static bool IsInSettingsList(ReadOnlySpan<char> before)
    {
        if (before is not [.., ';']) return false;
        before = before[..^1];
        return before[(before.LastIndexOfAny(";\r\n") + 1)..].Contains('=');
    }

    private static bool IsRedacted(ReadOnlySpan<char> text, int start) => text[start..].StartsWith(RedactionSpans.Replacement, StringComparison.Ordinal);

    private static int Add(int start, int end, ref RedactionSpans found)
    {
        found.Add(start, end);
        return end;
    }

    /// <summary>Finds the value of a pair in brackets: <c>["name", "value"]</c>, <c>(name, value)</c>. Returns its end, or 0.</summary>
    private int FindPair(ReadOnlySpan<char> text, int comma, ref RedactionSpans found)
    {
        var name = NameBefore(text, comma, out var nameStart, ref found);
        var before = text[Math.Max(0, nameStart - MaxGap)..nameStart].TrimEnd("\"'\\ \u201c");
        var isFirst = before is [.., '[' or '('];
        if (name is ['[' or '(', ..])
        {
            name = name[1..].Trim("'\"");
            isFirst = true;
        }

        if (!isFirst || !names.ContainsField(name)) return 0;
        var start = ValueBoundary.SkipBlanks(text, comma + 1);
        if (start == text.Length || IsRedacted(text, start)) return 0;
        if (Quotes.LengthAtStart(text[start..]) is > 0 and var quote) return Add(start, Quotes.EndOf(text, start, quote), ref found);
        if (text[start] is '{' or '[') return Add(start, JsonValueBoundary.EndOfValue(text, start), ref found);
        var closer = text[start..].IndexOfAny(']', ')');
        return Add(start, closer < 0 ? text.Length : start + closer, ref found);
    }

    /// <summary>Finds the value after <c>-></c> or after the start tag of an element.</summary>
    private int FindAfterBracket(ReadOnlySpan<char> text, int bracket, bool isDocument, ref RedactionSpans found) =>
        bracket > 0 && text[bracket - 1] == '-'
            ? FindValue(text, bracket, bracket - 1, isDocument, ref found)
            : _markup.FindElement(text, bracket, ref found);

    private bool IsSensitive(ReadOnlySpan<char> name, bool isColon)
    {
        // Before a colon, a dotted name may be a log category: "Token.Parser: failed".
        if (isColon ? names.Contains(name) || names.Contains(name[(name.LastIndexOfAny(".[:") + 1)..].Trim("]'\"")) : names.ContainsField(name)) return true;
        for (var at = name.IndexOfAny('_', '-'); at >= 0 && at < name.Length - 1;)
        {
            var word = name[(at + 1)..];
            if (names.Contains(word) && !AmbiguousNames.Contains(word) && !name.ContainsAnyInRange('a', 'z')) return true; // GITHUB_TOKEN
            var next = word.IndexOfAny('_', '-');
            at = next < 0 ? -1 : at + 1 + next;
        }

        return false;
    }
}
