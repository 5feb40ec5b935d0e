using System.Buffers;
using HoodyLogs.AspNetCore.Capture.Redaction.Finders;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;
using HoodyLogs.AspNetCore.Capture.Redaction.Urls;

namespace HoodyLogs.AspNetCore.Capture.Redaction;

/// <summary>
/// Replaces sensitive values in messages and documents. If the end of a value is unclear, redacts more rather than less. Returns the same instance for a text
/// without sensitive values. The work is linear in the length of the text, whatever the text contains.
/// </summary>
/// <remarks>
/// This is the place to add a redaction rule:
/// <list type="bullet">
/// <item>A name: the default of <c>Capture:SensitiveNames</c>, or <see cref="SensitiveNames"/> for a suffix.</item>
/// <item>A token with a known prefix: <see cref="KnownTokenFinder"/>.</item>
/// <item>A scheme of HTTP authentication: <see cref="AuthenticationSchemes"/>.</item>
/// <item>An option of a command: <see cref="CommandLineFinder"/>.</item>
/// <item>Another notation: write a finder and call it in <see cref="Find"/>.</item>
/// </list>
/// Strings in JSON bodies reach the finders only after a fast check. <c>JsonStringRedactor</c> checks for values next to a sign, and
/// <see cref="SensitiveWordScanner"/> for all others. A new finder may need a new condition there.
/// </remarks>
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

    /// <param name="names">The sensitive names of settings, parameters and properties.</param>
    /// <param name="headers">The sensitive names of headers.</param>
    /// <param name="fields">Redacts percent-encoded urls and parameters in a message.</param>
    /// <param name="paths">Redacts paths in a message; null to redact none.</param>
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

    /// <summary>Truncates and redacts a message. Truncates first, because messages may be very long.</summary>
    /// <param name="message">The message.</param>
    /// <param name="maxLength">The length to truncate to, in characters.</param>
    public string Redact(string message, int maxLength)
    {
        var text = Truncate(message, maxLength);
        var found = default(RedactionSpans);
        Find(text, isDocument: false, ref found);
        return found.Apply(text);
    }

    /// <summary>Redacts a document of any length, for example plain text, YAML, XML, HTML or a script.</summary>
    public string RedactDocument(string text)
    {
        var found = default(RedactionSpans);
        Find(text, isDocument: true, ref found);
        return found.Apply(text);
    }

    /// <summary>Truncates and redacts a User-Agent header. Skips the search for names and values that only a space separates: user agents have none.</summary>
    public string RedactUserAgent(string agent, int maxLength)
    {
        var text = Truncate(agent, maxLength);
        var found = default(RedactionSpans);
        if (text.AsSpan().IndexOfAny(UserAgentSigns) >= 0) FindSigned(text, isDocument: false, ref found);
        FindTokens(text, ref found);
        return found.Apply(text);
    }

    /// <summary>Finds the sensitive values of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isDocument">Whether the text is a document: then an unquoted value extends to the end of a line that begins with its name.</param>
    /// <param name="found">Receives the positions of the values.</param>
    public void Find(ReadOnlySpan<char> text, bool isDocument, ref RedactionSpans found)
    {
        if (text.IndexOfAny(Signs) >= 0) FindSigned(text, isDocument, ref found);
        FindTokens(text, ref found);
        _commandLine.Find(text, ref found);
        if (FindsPaths) _paths.Find(text.ToString(), ref found);
    }

    /// <summary>Returns whether UTF-8 text may contain a sensitive value that has no sign next to it. Far cheaper than <see cref="Find"/>.</summary>
    public bool MayContainSensitiveWord(ReadOnlySpan<byte> utf8) => _words.HasMatch(utf8);

    /// <summary>Truncates a text. Removes a url authority at the cut, because it may contain a user name and a password.</summary>
    public static string Truncate(string message, int maxLength)
    {
        if (message.Length <= maxLength) return message;
        var truncated = TextLimits.Truncate(message, maxLength);
        return UserInfoFinder.EndsInAuthority(truncated, out var start) ? truncated[..start] : truncated;
    }

    /// <summary>Finds values that are recognized by their shape or by a scheme before them.</summary>
    private static void FindTokens(ReadOnlySpan<char> text, ref RedactionSpans found)
    {
        AuthenticationSchemeFinder.Find(text, ref found);
        KnownTokenFinder.Find(text, ref found);
    }

    /// <summary>Finds values next to a sign, such as an equals sign or a colon.</summary>
    private void FindSigned(ReadOnlySpan<char> text, bool isDocument, ref RedactionSpans found)
    {
        _embeddedJson.Find(text, ref found);
        _keyValues.Find(text, isDocument, ref found);
        FindPercentEncoded(text, ref found);
        UserInfoFinder.Find(text, ref found);
    }

    /// <summary>Finds urls and parameters that are percent-encoded as a whole.</summary>
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
