using System.Collections;
using System.Reflection;
using System.Text;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>
/// Holds the texts of the exceptions of one log record: messages, stack traces and data. Finds them in other texts and replaces each with the type of its
/// exception, for readers who must not see exceptions.
/// </summary>
internal sealed class ExceptionTexts
{
    /// <summary>Replaces the text of an exception of unknown type.</summary>
    public const string Replacement = "[exception]";

    private const int MaxExceptions = 64;
    private const int MaxParts = 256;
    private const int MinPartLength = 8;
    private const int MinTextLength = 3;
    private const int MinPrefixLength = 24; // the minimum length of the part of a message that the host truncated

    // Characters that JSON, HTML and logging libraries escape. The parts of a message between them are the same in each format.
    private static readonly char[] Escaped = ['"', '\'', '\\', '<', '>', '&', '+', '`', '\r', '\n', '\t', '\u2028', '\u2029'];

    private readonly HashSet<Exception> _exceptions = new(ReferenceEqualityComparer.Instance);
    private readonly List<KeyValuePair<string, string>> _texts = [];
    private readonly List<string> _parts = [];

    /// <summary>Whether the log record has an exception, also among its values.</summary>
    public bool Any => _exceptions.Count > 0;

    /// <summary>Returns the name of an exception's type, which all readers may see.</summary>
    public static string TypeName(Exception exception) => exception.GetType().ToString();

    /// <summary>Adds an exception and its inner exceptions.</summary>
    public void Add(Exception? exception)
    {
        if (exception is null || _exceptions.Count >= MaxExceptions || !_exceptions.Add(exception)) return;
        var type = TypeName(exception);

        // The longest text first, because it contains the message.
        TryAddText(Read(exception, static exception => exception.ToString()), type);
        TryAddText(Read(exception, static exception => exception.StackTrace), type);
        AddTextAndParts(Read(exception, static exception => exception.Message), type);
        AddData(exception, type);
        if (exception is AggregateException many) AddAll(many.InnerExceptions);
        else if (exception is ReflectionTypeLoadException loading) AddAll(loading.LoaderExceptions);
        Add(exception.InnerException);
    }

    /// <summary>Returns whether a text contains the text of a known or unknown exception.</summary>
    public bool IsContainedIn(string text)
    {
        if (ExceptionPatterns.Find(text) >= 0) return true;
        foreach (var (whole, _) in _texts)
        {
            if (Contains(text, whole)) return true;
        }

        foreach (var part in _parts)
        {
            if (text.Contains(part, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    /// <summary>Returns the part of a text after the type of an unknown exception, or an empty text.</summary>
    public string FindUnknown(string text)
    {
        text = RemoveKnown(text);
        return ExceptionPatterns.Find(text) is >= 0 and var start ? text[start..] : "";
    }

    /// <summary>Removes the texts of exceptions. Replaces a known text with the type of its exception. Truncates the text at an unknown exception.</summary>
    public string Remove(string text)
    {
        if (!IsContainedIn(text)) return text;
        text = RemoveKnown(text);
        if (ExceptionPatterns.Find(text) is >= 0 and var start) text = text[..start];
        if (text.Length == 0) return Replacement;

        // A remaining part shows that the message was truncated or escaped. Its start is unknown, so the whole text is replaced.
        return ContainsPart(text) ? Replacement : text;
    }

    /// <summary>Returns whether a value is the start of a known text: hosts truncate messages.</summary>
    public bool IsTruncatedText(string value)
    {
        foreach (var (whole, _) in _texts)
        {
            if (value.Length >= MinPartLength && whole.StartsWith(value, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private string RemoveKnown(string text)
    {
        foreach (var (whole, type) in _texts)
        {
            if (text == whole) text = type;
            else if (whole.Length >= MinTextLength) text = text.Replace(whole, type, StringComparison.OrdinalIgnoreCase);
        }

        return text;
    }

    private static bool Contains(string text, string whole) =>
        whole.Length < MinTextLength ? text == whole : text.Contains(whole, StringComparison.OrdinalIgnoreCase);

    private bool ContainsPart(string text)
    {
        foreach (var part in _parts)
        {
            if (text.Contains(part, StringComparison.OrdinalIgnoreCase) && !IsPartOfTypeName(part)) return true;
        }

        return false;
    }

    /// <summary>Returns whether a part is also part of a type name, which all readers may see.</summary>
    private bool IsPartOfTypeName(string part)
    {
        foreach (var (_, type) in _texts)
        {
            if (type.Contains(part, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private void AddAll(IEnumerable<Exception?> exceptions)
    {
        foreach (var exception in exceptions) Add(exception);
    }

    private void AddData(Exception exception, string type)
    {
        try
        {
            foreach (DictionaryEntry entry in exception.Data)
            {
                if (entry.Value is Exception inner) Add(inner);
                else if (entry.Value is not null && AttributeText.Format(entry.Value) is { Length: >= MinPartLength } text) AddTextAndParts(text, type);
            }
        }
#pragma warning disable CA1031 // a host's exception may throw anything
        catch (Exception)
#pragma warning restore CA1031
        {
            // A message cannot contain data that cannot be read.
        }
    }

    private bool TryAddText(string? text, string type)
    {
        if (string.IsNullOrWhiteSpace(text) || text == type) return false;
        _texts.Add(new(text, type));
        return true;
    }

    private void AddTextAndParts(string? text, string type)
    {
        if (!TryAddText(text, type)) return;
        if (text!.Length > MinPrefixLength) _parts.Add(text[..MinPrefixLength]);
        foreach (var part in text.Split(Escaped, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            foreach (var ascii in AsciiRuns(part))
            {
                if (_parts.Count < MaxParts && ascii.Length >= MinPartLength && !type.Contains(ascii, StringComparison.OrdinalIgnoreCase)) _parts.Add(ascii);
            }
        }
    }

    /// <summary>Returns the ASCII parts of a text. JSON may escape the other letters.</summary>
    private static IEnumerable<string> AsciiRuns(string text)
    {
        var run = new StringBuilder();
        foreach (var letter in text)
        {
            if (letter is >= ' ' and < '\u007f')
            {
                run.Append(letter);
                continue;
            }

            if (run.Length > 0) yield return run.ToString().Trim();
            run.Clear();
        }

        if (run.Length > 0) yield return run.ToString().Trim();
    }

    private static string? Read(Exception exception, Func<Exception, string?> read)
    {
        try
        {
            return read(exception);
        }
#pragma warning disable CA1031 // a host's exception may throw anything
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }
}
