using System.Collections;
using System.Reflection;
using System.Text;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>
/// The texts of the exceptions that come with one log record. Finds them in other texts and takes them out, so that only the type of an exception is left.
/// </summary>
internal sealed class ExceptionTexts
{
    /// <summary>Stands in the place of an exception's text whose type is not known.</summary>
    public const string Hidden = "[exception]";

    private const int MaxExceptions = 64;
    private const int MaxParts = 256;
    private const int ShortestPart = 8;
    private const int ShortestText = 3;
    private const int ShortestBeginning = 24; // of a message that the host has cut

    // Characters that JSON, HTML and logging libraries escape, so that a quoted message still has the parts between them.
    private static readonly char[] Escaped = ['"', '\'', '\\', '<', '>', '&', '+', '`', '\r', '\n', '\t', '\u2028', '\u2029'];

    private readonly HashSet<Exception> _known = new(ReferenceEqualityComparer.Instance);
    private readonly List<KeyValuePair<string, string>> _whole = [];
    private readonly List<string> _parts = [];

    /// <summary>Whether the log record has an exception, as such or among its values.</summary>
    public bool Any => _known.Count > 0;

    /// <summary>The type of an exception, which everybody may see.</summary>
    public static string TypeOf(Exception exception) => exception.GetType().ToString();

    /// <summary>Adds an exception and those within it.</summary>
    public void Add(Exception? exception)
    {
        if (exception is null || _known.Count >= MaxExceptions || !_known.Add(exception)) return;
        var type = TypeOf(exception);

        // The longest first: the text of an exception holds its message.
        AddWhole(Read(exception, static exception => exception.ToString()), type);
        AddWhole(Read(exception, static exception => exception.StackTrace), type);
        AddText(Read(exception, static exception => exception.Message), type);
        AddData(exception, type);
        if (exception is AggregateException many) AddAll(many.InnerExceptions);
        else if (exception is ReflectionTypeLoadException loading) AddAll(loading.LoaderExceptions);
        Add(exception.InnerException);
    }

    /// <summary>Whether a text holds the text of an exception, known or not.</summary>
    public bool AreIn(string text)
    {
        if (ExceptionPatterns.Find(text) >= 0) return true;
        foreach (var (whole, _) in _whole)
        {
            if (Holds(text, whole)) return true;
        }

        foreach (var part in _parts)
        {
            if (text.Contains(part, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    /// <summary>What follows in a text the type of an exception that is not known; empty where there is none.</summary>
    public string UnknownIn(string text)
    {
        text = HideKnown(text);
        return ExceptionPatterns.Find(text) is >= 0 and var start ? text[start..] : "";
    }

    /// <summary>A text without the texts of exceptions: known ones become their type, and of others only what stands before them is left.</summary>
    public string Hide(string text)
    {
        if (!AreIn(text)) return text;
        text = HideKnown(text);
        if (ExceptionPatterns.Find(text) is >= 0 and var start) text = text[..start];
        if (text.Length == 0) return Hidden;

        // A part of a message is left where the message was cut or escaped. Nobody knows then where it begins.
        return HasPart(text) ? Hidden : text;
    }

    /// <summary>Whether a value is the beginning of a known text, as hosts cut them.</summary>
    public bool BeginWith(string value)
    {
        foreach (var (whole, _) in _whole)
        {
            if (value.Length >= ShortestPart && whole.StartsWith(value, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private string HideKnown(string text)
    {
        foreach (var (whole, type) in _whole)
        {
            if (text == whole) text = type;
            else if (whole.Length >= ShortestText) text = text.Replace(whole, type, StringComparison.OrdinalIgnoreCase);
        }

        return text;
    }

    private static bool Holds(string text, string whole) =>
        whole.Length < ShortestText ? text == whole : text.Contains(whole, StringComparison.OrdinalIgnoreCase);

    private bool HasPart(string text)
    {
        foreach (var part in _parts)
        {
            if (text.Contains(part, StringComparison.OrdinalIgnoreCase) && !IsOfType(part)) return true;
        }

        return false;
    }

    /// <summary>Whether a part is nothing but a piece of a type's name, which is shown.</summary>
    private bool IsOfType(string part)
    {
        foreach (var (_, type) in _whole)
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
                else if (entry.Value is not null && AttributeText.Of(entry.Value) is { Length: >= ShortestPart } text) AddText(text, type);
            }
        }
#pragma warning disable CA1031 // a host's exception may throw anything
        catch (Exception)
#pragma warning restore CA1031
        {
            // What cannot be read cannot stand in a message either.
        }
    }

    private bool AddWhole(string? text, string type)
    {
        if (string.IsNullOrWhiteSpace(text) || text == type) return false;
        _whole.Add(new(text, type));
        return true;
    }

    private void AddText(string? text, string type)
    {
        if (!AddWhole(text, type)) return;
        if (text!.Length > ShortestBeginning) _parts.Add(text[..ShortestBeginning]);
        foreach (var part in text.Split(Escaped, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            foreach (var ascii in AsciiRuns(part))
            {
                if (_parts.Count < MaxParts && ascii.Length >= ShortestPart && !type.Contains(ascii, StringComparison.OrdinalIgnoreCase)) _parts.Add(ascii);
            }
        }
    }

    /// <summary>The stretches without letters that JSON may escape.</summary>
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
