using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Finders;

/// <summary>
/// Checks in one pass whether UTF-8 text may contain a sensitive value without a sign before it. Looks for the prefix of a token, the name of a scheme or a
/// sensitive name before a space, an option of a command, and a slash if paths are redacted.
/// </summary>
internal sealed class SensitiveWordScanner
{
    private const int MaxNameLength = 128;

    private static readonly SearchValues<byte> NameStarts = SearchValues.Create(" \t\r\n([{<,;=:|/\"'`\\"u8);

    private readonly SensitiveNames _names;
    private readonly SuffixFilter _wordFilter;
    private readonly bool _hasPaths;

    public SensitiveWordScanner(SensitiveNames names, bool hasPaths)
    {
        _names = new SensitiveNames(names.All.Where(name => !AmbiguousNames.Contains(name)));
        _wordFilter = new SuffixFilter([.. _names.Suffixes, .. AuthenticationSchemes.Distinct, .. CommandLineFinder.Options]);
        _hasPaths = hasPaths;
    }

    /// <summary>Returns whether the text has such a word.</summary>
    public bool HasMatch(ReadOnlySpan<byte> utf8)
    {
        if (_hasPaths && HasSlash(utf8)) return true;
        for (var at = 0; at < utf8.Length; at += Vector256<byte>.Count)
        {
            for (var marks = CandidatesAt(utf8, at); marks != 0; marks &= marks - 1)
            {
                var mark = at + BitOperations.TrailingZeroCount(marks);
                if (utf8[mark] == ' ' ? FollowsSensitiveWord(utf8, mark) : KnownTokenFinder.HasPrefixAt(utf8, mark)) return true;
            }
        }

        return false;
    }

    private static bool HasSlash(ReadOnlySpan<byte> utf8) => utf8.Contains((byte)'/') || utf8.IndexOf("\\u002f"u8) >= 0 || utf8.IndexOf("\\u002F"u8) >= 0;

    /// <summary>Returns a bit for each space and each of <see cref="KnownTokenFinder.PrefixLetters"/>.</summary>
    private static uint CandidatesAt(ReadOnlySpan<byte> utf8, int at)
    {
        if (utf8.Length - at < Vector256<byte>.Count) return CandidatesNearEnd(utf8[at..]);
        var bytes = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(utf8), (nuint)at);
        var marks = Vector256.Equals(bytes, Vector256.Create((byte)' ')) | Vector256.Equals(bytes, Vector256.Create((byte)'-'))
            | Vector256.Equals(bytes, Vector256.Create((byte)'_')) | Vector256.LessThanOrEqual(bytes - Vector256.Create((byte)'I'), Vector256.Create((byte)1));
        return marks.ExtractMostSignificantBits();
    }

    private static uint CandidatesNearEnd(ReadOnlySpan<byte> rest)
    {
        Span<byte> padded = stackalloc byte[Vector256<byte>.Count];
        padded.Clear();
        rest.CopyTo(padded);
        return CandidatesAt(padded, 0);
    }

    /// <summary>Returns whether a space follows a sensitive name, a scheme or an option.</summary>
    private bool FollowsSensitiveWord(ReadOnlySpan<byte> utf8, int blank)
    {
        if (!_wordFilter.MayMatch(utf8[..blank])) return false;
        var name = utf8[Math.Max(0, blank - MaxNameLength)..blank];
        name = name[(name.LastIndexOfAny(NameStarts) + 1)..];
        return _names.Contains(name) || AuthenticationSchemes.EndsWithScheme(name) || CommandLineFinder.IsOption(name);
    }
}
