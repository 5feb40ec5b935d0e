using System.Buffers;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>
/// Recognizes the text of an exception in another text: <c>Some.TypeException: message</c> and lines of a stack trace, also if they are escaped or joined to
/// one line. The work is linear in the length of the text.
/// </summary>
internal static class ExceptionPatterns
{
    private const string TypeSuffix = "Exception";
    private const string FramePrefix = "at ";
    private const string StackTrace = "StackTrace";
    private const int MaxErrorCodeLength = 64;

    // Separators that people and loggers write between a type and its message.
    private static readonly string[] MessageSeparators = [":", " :", " - ", " – ", " | ", " -> ", " => ", " {", "\","];

    private static readonly SearchValues<char> TypeLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+`[],=&");

    /// <summary>
    /// Returns the position after the type of the first exception in a text. Returns 0 if the text before the type may be part of the exception, and -1 if
    /// there is no exception.
    /// </summary>
    public static int Find(ReadOnlySpan<char> text)
    {
        if (HasStackTraceMember(text)) return 0;
        var type = FindType(text);
        var frame = FindFrame(text);

        // In an object or in JSON, the message may precede the type.
        if (type >= 0 && (text[..type].Contains("{\"", StringComparison.Ordinal) || text[..type].Contains("{ ", StringComparison.Ordinal))) return 0;
        if (frame < 0) return type;
        return type < 0 || frame < type ? 0 : type;
    }

    /// <summary>Returns whether a text is only the type of an exception, which all readers may see.</summary>
    public static bool IsTypeName(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= TextLimits.Short && text.Contains(TypeSuffix, StringComparison.Ordinal) && !text.ContainsAnyExcept(TypeLetters);

    /// <summary>Finds a type with a message: <c>Some.TypeException: …</c>, <c>SocketException (111): …</c>, <c>FaultException`1[Some.Detail]: …</c>.</summary>
    private static int FindType(ReadOnlySpan<char> text)
    {
        for (var at = 0; text[at..].IndexOf(TypeSuffix, StringComparison.OrdinalIgnoreCase) is >= 0 and var next;)
        {
            at += next + TypeSuffix.Length;
            var rest = text[at..];
            var letters = rest.IndexOfAnyExcept(TypeLetters);
            if (letters < 0) return -1;
            var end = at + letters;
            rest = rest[letters..];
            if (rest.StartsWith(" (", StringComparison.Ordinal) && rest[..Math.Min(MaxErrorCodeLength, rest.Length)].IndexOf(')') is > 0 and var code) rest = rest[(code + 1)..];
            if (StartsWithSeparator(rest)) return end;
            at = end;
        }

        return -1;
    }

    private static bool StartsWithSeparator(ReadOnlySpan<char> rest)
    {
        foreach (var sign in MessageSeparators)
        {
            if (rest.StartsWith(sign, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    /// <summary>Returns whether a text has a member <c>StackTrace</c> of an object or of JSON.</summary>
    private static bool HasStackTraceMember(ReadOnlySpan<char> text)
    {
        var name = text.IndexOf(StackTrace, StringComparison.OrdinalIgnoreCase);
        if (name < 0) return false;
        var rest = text[(name + StackTrace.Length)..].TrimStart("String\\\"' ");
        return rest.StartsWith(":", StringComparison.Ordinal) || rest.StartsWith("=", StringComparison.Ordinal);
    }

    /// <summary>Finds <c>at Some.Type.Method(…)</c> at the start of a line. The line break may be escaped or replaced by spaces.</summary>
    private static int FindFrame(ReadOnlySpan<char> text)
    {
        for (var at = 0; text[at..].IndexOf(FramePrefix, StringComparison.Ordinal) is >= 0 and var next;)
        {
            var start = at + next;
            at = start + FramePrefix.Length;
            if (!IsAtLineStart(text[..start])) continue;
            var call = text[at..];
            var end = call.IndexOfAny('(', ' ', '\n');
            if (end > 0 && call[end] == '(' && call[..end].Contains('.')) return start;
        }

        return -1;
    }

    private static bool IsAtLineStart(ReadOnlySpan<char> before)
    {
        var trimmed = before.TrimEnd(" \t");
        if (trimmed.IsEmpty || trimmed[^1] is '\n' or '\r' || before.Length - trimmed.Length > 1) return true;
        return trimmed.Length > 1 && trimmed[^2] == '\\' && trimmed[^1] is 'n' or 'r' or 't';
    }
}
