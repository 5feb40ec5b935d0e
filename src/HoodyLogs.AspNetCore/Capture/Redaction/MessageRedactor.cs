using System.Buffers;
using HoodyLogs.AspNetCore.Capture.Redaction.Finders;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;
using HoodyLogs.AspNetCore.Capture.Redaction.Urls;

namespace HoodyLogs.AspNetCore.Capture.Redaction;

/// <summary>
/// Replaces what a message or a document quotes of secrets: settings and parameters, JSON, elements of XML, header lines, credentials of HTTP, tokens that
/// are known by their shape, user info and paths in urls. In doubt about where a value ends it takes more away rather than less. A text without secrets
/// comes back as the same instance. The work grows with the length of the text, whatever the text is.
/// </summary>
internal sealed class MessageRedactor
{
    private static readonly SearchValues<char> Signs = SearchValues.Create("=:%>@,");
    private static readonly SearchValues<char> UserAgentSigns = SearchValues.Create("=:%@");
    private static readonly SearchValues<char> TokenStarts = SearchValues.Create("&;?!#,(){}<>`=|/\\ \t\r\n\u00a0");

    private readonly FieldRedactor _fields;
    private readonly EmbeddedJsonRedactor _embeddedJson;
    private readonly KeyValueFinder _keyValues;
    private readonly CommandLineFinder _commandLine;
    private readonly PathRedactor _paths;
    private readonly SensitiveWordScanner _words;

    /// <param name="names">Of settings, parameters and properties.</param>
    /// <param name="headers">Of header lines.</param>
    /// <param name="fields">For the urls in a message.</param>
    /// <param name="paths">For the paths in a message; none are redacted where it is null.</param>
    public MessageRedactor(SensitiveNames names, IEnumerable<string> headers, FieldRedactor fields, PathRedactor? paths = null)
    {
        _fields = fields;
        _embeddedJson = new EmbeddedJsonRedactor(names);
        _keyValues = new KeyValueFinder(names, headers);
        _commandLine = new CommandLineFinder(names);
        _paths = paths ?? PathRedactor.None;
        _words = new SensitiveWordScanner(names, hasPaths: FindsPaths);
    }

    /// <summary>Whether paths are redacted by pattern.</summary>
    public bool FindsPaths => !_paths.IsEmpty;

    /// <summary>Redacts a message, cut to a length before it is read: it may be very long.</summary>
    public string Redact(string message, int length)
    {
        var text = Truncate(message, length);
        var found = default(RedactionSpans);
        Find(text, isDocument: false, ref found);
        return found.Apply(text);
    }

    /// <summary>Redacts a document of any length: plain text, YAML, XML, HTML, a script.</summary>
    public string RedactDocument(string text)
    {
        var found = default(RedactionSpans);
        Find(text, isDocument: true, ref found);
        return found.Apply(text);
    }

    /// <summary>Redacts what a program names itself. Names and values that only a blank separates are not looked for.</summary>
    public string RedactUserAgent(string agent, int length)
    {
        var text = Truncate(agent, length);
        var found = default(RedactionSpans);
        if (text.AsSpan().IndexOfAny(UserAgentSigns) >= 0) FindSigned(text, isDocument: false, ref found);
        FindTokens(text, ref found);
        return found.Apply(text);
    }

    /// <summary>Finds the secrets of a text.</summary>
    public void Find(ReadOnlySpan<char> text, bool isDocument, ref RedactionSpans found)
    {
        if (text.IndexOfAny(Signs) >= 0) FindSigned(text, isDocument, ref found);
        FindTokens(text, ref found);
        _commandLine.Find(text, ref found);
        if (FindsPaths) _paths.Find(text.ToString(), ref found);
    }

    /// <summary>Whether UTF-8 has a word that secrets without a sign need. Costs far less than to find them.</summary>
    public bool MayContainSensitiveWord(ReadOnlySpan<byte> utf8) => _words.HasMatch(utf8);

    /// <summary>A text cut to a length, without what may be the beginning of a user info.</summary>
    public static string Truncate(string message, int length)
    {
        if (message.Length <= length) return message;
        var cut = TextLimits.Truncate(message, length);
        return UserInfoFinder.EndsInAuthority(cut, out var start) ? cut[..start] : cut;
    }

    private static void FindTokens(ReadOnlySpan<char> text, ref RedactionSpans found)
    {
        AuthenticationSchemeFinder.Find(text, ref found);
        KnownTokenFinder.Find(text, ref found);
    }

    private void FindSigned(ReadOnlySpan<char> text, bool isDocument, ref RedactionSpans found)
    {
        _embeddedJson.Find(text, ref found);
        _keyValues.Find(text, isDocument, ref found);
        FindPercentEncoded(text, ref found);
        UserInfoFinder.Find(text, ref found);
    }

    /// <summary>A url or a parameter that is escaped as a whole.</summary>
    private void FindPercentEncoded(ReadOnlySpan<char> text, ref RedactionSpans found)
    {
        for (var at = 0; at < text.Length;)
        {
            var next = text[at..].IndexOf('%');
            if (next < 0) return;
            var start = at + text[at..(at + next)].LastIndexOfAny(TokenStarts) + 1;
            at = ValueBoundary.EndOf(text, at + next, TokenStarts);
            found.CountSteps(at - start);
            if (_fields.ContainsSensitiveValue(text[start..at])) found.Add(start, at);
        }
    }
}
