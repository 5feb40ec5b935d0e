using System.Buffers;
using HoodyLogs.AspNetCore.Capture.Policies;
using HoodyLogs.AspNetCore.Capture.Redaction.Json;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Urls;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Text;

/// <summary>
/// Replaces what a message or a document quotes of secrets: settings and parameters, JSON, elements of XML, header lines, credentials of HTTP, tokens that
/// are known by their shape, user info and paths in urls. In doubt about where a value ends it takes more away rather than less. A text without secrets
/// comes back as the same instance. The work grows with the length of the text, whatever the text is.
/// </summary>
internal sealed class MessageRedactor
{
    private static readonly SearchValues<char> AnySign = SearchValues.Create("=:%>@,");
    private static readonly SearchValues<char> AgentSigns = SearchValues.Create("=:%@");
    private static readonly SearchValues<char> TokenStarts = SearchValues.Create("&;?!#,(){}<>`=|/\\ \t\r\n\u00a0");

    private readonly FieldRedactor _fields;
    private readonly EmbeddedJsonRedactor _json;
    private readonly KeyValueFinder _pairs;
    private readonly CommandLineFinder _words;
    private readonly PathRedactor _paths;
    private readonly SensitiveWordScanner _secretWords;

    /// <param name="names">Of settings, parameters and properties.</param>
    /// <param name="headers">Of header lines.</param>
    /// <param name="fields">For the urls in a message.</param>
    /// <param name="paths">For the paths in a message; none are redacted where it is null.</param>
    public MessageRedactor(SensitiveNames names, IEnumerable<string> headers, FieldRedactor fields, PathRedactor? paths = null)
    {
        _fields = fields;
        _json = new EmbeddedJsonRedactor(names);
        _pairs = new KeyValueFinder(names, headers);
        _words = new CommandLineFinder(names);
        _paths = paths ?? PathRedactor.None;
        _secretWords = new SensitiveWordScanner(names, hasPaths: FindsPaths);
    }

    /// <summary>Whether paths are redacted by pattern.</summary>
    public bool FindsPaths => !_paths.IsEmpty;

    /// <summary>Redacts a message, cut to a length before it is read: it may be very long.</summary>
    public string Redact(string message, int length)
    {
        var text = Cut(message, length);
        var found = default(RedactionSpans);
        Find(text, isDocument: false, ref found);
        return found.Apply(text);
    }

    /// <summary>Redacts a document of any length: plain text, YAML, XML, HTML, a script.</summary>
    public string Document(string text)
    {
        var found = default(RedactionSpans);
        Find(text, isDocument: true, ref found);
        return found.Apply(text);
    }

    /// <summary>Redacts what a program names itself. Names and values that only a blank separates are not looked for.</summary>
    public string Agent(string agent, int length)
    {
        var text = Cut(agent, length);
        var found = default(RedactionSpans);
        if (text.AsSpan().IndexOfAny(AgentSigns) >= 0) FindBySign(text, isDocument: false, ref found);
        FindTokens(text, ref found);
        return found.Apply(text);
    }

    /// <summary>Finds the secrets of a text.</summary>
    public void Find(ReadOnlySpan<char> text, bool isDocument, ref RedactionSpans found)
    {
        if (text.IndexOfAny(AnySign) >= 0) FindBySign(text, isDocument, ref found);
        FindTokens(text, ref found);
        _words.Find(text, ref found);
        if (FindsPaths) _paths.Find(text.ToString(), ref found);
    }

    /// <summary>Whether UTF-8 has a word that secrets without a sign need. Costs far less than to find them.</summary>
    public bool HasWord(ReadOnlySpan<byte> utf8) => _secretWords.IsIn(utf8);

    /// <summary>A text cut to a length, without what may be the beginning of a user info.</summary>
    public static string Cut(string message, int length)
    {
        if (message.Length <= length) return message;
        var cut = TextLimits.Text(message, length);
        return UserInfoFinder.EndsInAuthority(cut, out var start) ? cut[..start] : cut;
    }

    private static void FindTokens(ReadOnlySpan<char> text, ref RedactionSpans found)
    {
        AuthenticationSchemeFinder.Find(text, ref found);
        KnownTokenFinder.Find(text, ref found);
    }

    private void FindBySign(ReadOnlySpan<char> text, bool isDocument, ref RedactionSpans found)
    {
        _json.Find(text, ref found);
        _pairs.Find(text, isDocument, ref found);
        FindEscaped(text, ref found);
        UserInfoFinder.Find(text, ref found);
    }

    /// <summary>A url or a parameter that is escaped as a whole.</summary>
    private void FindEscaped(ReadOnlySpan<char> text, ref RedactionSpans found)
    {
        for (var at = 0; at < text.Length;)
        {
            var next = text[at..].IndexOf('%');
            if (next < 0) return;
            var start = at + text[at..(at + next)].LastIndexOfAny(TokenStarts) + 1;
            at = ValueBoundary.EndOf(text, at + next, TokenStarts);
            found.Count(at - start);
            if (_fields.HidesSecret(text[start..at])) found.Add(start, at);
        }
    }
}
