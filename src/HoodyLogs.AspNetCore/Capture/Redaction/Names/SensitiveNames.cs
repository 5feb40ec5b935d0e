using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Names;

/// <summary>
/// The names whose values are redacted: parameters, form fields, JSON properties and settings. Ignores case, underscores and hyphens:
/// <c>access_token</c> equals <c>accessToken</c> and <c>Access-Token</c>. A few names are also sensitive as a suffix: <c>DB_PASSWORD</c>,
/// <c>userToken</c>, <c>newPassword2</c>.
/// </summary>
internal sealed class SensitiveNames
{
    private const int MaxOnStack = 256;
    private const int Letters = 32;
    private const int MinSuffixLength = 3;
    private const int MaxSuffixLength = 32;
    private const string Token = "token";

    /// <summary>Separate the parts of a nested name in forms, settings and urls: <c>user[token]</c>, <c>Smtp:Password</c>.</summary>
    private static readonly SearchValues<char> Separators = SearchValues.Create("[](){}.:;,/?&|$'\"\0\ufeff");

    /// <summary>Names that are also sensitive as a suffix. Excludes names such as <c>key</c> and <c>code</c>, which many harmless names end with.</summary>
    private static readonly string[] KnownSuffixes =
    [
        "password", "passwd", "pwd", "passphrase", "secret", "token", "credential", "credentials", "apikey", "privatekey", "accesskey", "secretkey",
    ];

    /// <summary>Words that may follow such a suffix: <c>passwordHash</c>.</summary>
    private static readonly string[] SuffixAdditions = ["confirm", "hash", "value"];

    /// <summary>Names of tokens that grant no access, such as page tokens.</summary>
    private static readonly string[] HarmlessSuffixes = ["pagetoken", "nexttoken", "continuationtoken", "cancellationtoken", "invalidtoken", "unexpectedtoken"];

    private readonly string[] _suffixes;

    /// <summary>Excludes most names before the comparison with the suffixes.</summary>
    private readonly SuffixFilter _suffixFilter;

    /// <summary>Excludes most names before the lookup.</summary>
    private readonly SuffixFilter _nameFilter;

    // The names without underscores and hyphens.
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _names;
    private readonly int _maxLength;

    /// <summary>The minimum length of a name for each pair of first and last letter. Excludes most names before they are decoded.</summary>
    private readonly byte[] _minLengths = new byte[Letters * Letters];

    public SensitiveNames(IEnumerable<string> names)
    {
        All = [.. names.Where(name => name.Length > 0)];
        var set = All.Select(WithoutSeparators).Where(name => name.Length > 0).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        _names = set.GetAlternateLookup<ReadOnlySpan<char>>();

        // A name may have a separator before its first letter and after each letter.
        _maxLength = set.Count == 0 ? 0 : (2 * set.Max(name => name.Length)) + 1;
        _minLengths.AsSpan().Fill(byte.MaxValue);
        foreach (var name in set)
        {
            ref var shortest = ref _minLengths[PairIndex(name[0], name[^1])];
            shortest = (byte)Math.Min(shortest, name.Length);
        }

        // A name is a suffix only if it is in the host's list.
        _suffixes = [.. KnownSuffixes.Where(word => set.Contains(word) || (word == "credential" && set.Contains("credentials")))];
        string[] strongEnds = [.. _suffixes, .. _suffixes.Length > 0 ? SuffixAdditions : []];
        _suffixFilter = new SuffixFilter(strongEnds);
        Suffixes = [.. set, .. strongEnds];
        _nameFilter = new SuffixFilter(Suffixes);

        for (var letter = 0; letter < Letters; letter++) _minLengths[PairIndex('_', letter)] = _minLengths[PairIndex(letter, '_')] = 0;
    }

    /// <summary>The names as the host configures them.</summary>
    public IReadOnlyList<string> All { get; }

    /// <summary>The names and suffixes, without underscores and hyphens. Each sensitive name ends with one of them.</summary>
    public IReadOnlyList<string> Suffixes { get; }

    /// <summary>Returns whether a name is sensitive.</summary>
    public bool Contains(ReadOnlySpan<char> name) => IsListed(name) || EndsWithSuffix(name);

    /// <summary>
    /// Returns whether the name of a form field, parameter or setting is sensitive. Unescapes the name and compares its parts: <c>to%6Ben</c>, <c>token[]</c>,
    /// <c>user[token]</c>, <c>User.Token</c>, <c>User__Token</c>.
    /// </summary>
    public bool ContainsField(ReadOnlySpan<char> name) =>
        ContainsUnescaped(name.IndexOfAny('%', '+') < 0 ? name : Uri.UnescapeDataString(name).Replace('+', ' '));

    /// <summary>Returns whether the name of a JSON property is sensitive. The name has no escapes.</summary>
    public bool Contains(ReadOnlySpan<byte> utf8)
    {
        const int MaxUtf8PerChar = 3;
        if (utf8.IsEmpty) return false;
        if (utf8.Length > MinSuffixLength && _suffixFilter.MayMatch(utf8) && EndsWithSuffix(utf8)) return true;
        if (utf8.Length > _maxLength * MaxUtf8PerChar) return false;

        // A letter beyond ASCII may equal a letter of another length in UTF-8.
        var (first, last) = (utf8[0], utf8[^1]);
        return ((first | last) >= 0x80 || first == '-' || last == '-' || utf8.Length >= _minLengths[PairIndex(first, last)]) && _nameFilter.MayMatch(utf8) && IsListedDecoded(utf8);
    }

    /// <summary>Returns the index of a pair of letters. Ignores the bit in which uppercase and lowercase differ.</summary>
    private static int PairIndex(int first, int last) => ((first & (Letters - 1)) * Letters) + (last & (Letters - 1));

    private bool IsListed(ReadOnlySpan<char> name) =>
        name.Length <= _maxLength && (name.IndexOfAny('_', '-') < 0 ? _names.Contains(name) : ContainsWithoutSeparators(name));

    private static string WithoutSeparators(string name) => name.Replace("_", "").Replace("-", "");

    private bool EndsWithSuffix(ReadOnlySpan<byte> utf8)
    {
        // Suffixes are ASCII, so bytes need no decoding.
        Span<char> chars = stackalloc char[MaxSuffixLength];
        utf8 = utf8[Math.Max(0, utf8.Length - MaxSuffixLength)..];
        for (var i = 0; i < utf8.Length; i++) chars[i] = (char)utf8[i];
        return EndsWithSuffix(chars[..utf8.Length]);
    }

    private bool EndsWithSuffix(ReadOnlySpan<char> name)
    {
        if (name.Length <= MinSuffixLength || _suffixes.Length == 0) return false;
        Span<char> joined = stackalloc char[MaxSuffixLength];
        var (length, starts, last) = (0, 0u, '_'); // starts: a bit for each letter that starts a word
        foreach (var letter in name[Math.Max(0, name.Length - MaxSuffixLength)..])
        {
            var isStart = last is '_' or '-' || (char.IsAsciiLetterUpper(letter) && !char.IsAsciiLetterUpper(last));
            last = letter;
            if (letter is '_' or '-') continue;
            if (isStart) starts |= 1u << length;
            joined[length++] = letter;
        }

        ReadOnlySpan<char> end = joined[..length].TrimEnd("0123456789");
        if (IsSensitiveSuffix(end, starts)) return true;
        foreach (var addition in SuffixAdditions)
        {
            if (end.EndsWith(addition, StringComparison.OrdinalIgnoreCase)) return IsSensitiveSuffix(end[..^addition.Length], starts);
        }

        return false;
    }

    /// <summary>Returns whether a name ends with a sensitive suffix. <c>token</c> must be a separate word: <c>userToken</c>, not <c>mytoken</c>.</summary>
    private bool IsSensitiveSuffix(ReadOnlySpan<char> end, uint starts)
    {
        if (!EndsWithOneOf(end, _suffixes) || EndsWithOneOf(end, HarmlessSuffixes)) return false;
        return !end.EndsWith(Token, StringComparison.OrdinalIgnoreCase) || (starts & (1u << (end.Length - Token.Length))) != 0;
    }

    private static bool EndsWithOneOf(ReadOnlySpan<char> name, string[] words)
    {
        foreach (var word in words)
        {
            if (name.EndsWith(word, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private bool ContainsWithoutSeparators(ReadOnlySpan<char> name)
    {
        var joined = name.Length <= MaxOnStack ? stackalloc char[MaxOnStack] : new char[name.Length];
        var length = 0;
        foreach (var letter in name)
        {
            if (letter is not ('_' or '-')) joined[length++] = letter;
        }

        return _names.Contains(joined[..length]);
    }

    private bool IsListedDecoded(ReadOnlySpan<byte> utf8)
    {
        var rented = utf8.Length <= MaxOnStack ? null : ArrayPool<char>.Shared.Rent(utf8.Length);
        var chars = rented ?? stackalloc char[MaxOnStack];
        var found = IsListed(chars[..Encoding.UTF8.GetChars(utf8, chars)]);
        if (rented is not null) ArrayPool<char>.Shared.Return(rented);
        return found;
    }

    private bool ContainsUnescaped(ReadOnlySpan<char> name)
    {
        name = name.Trim();
        if (Contains(name)) return true;
        while (name.IndexOfAny(Separators) is >= 0 and var at)
        {
            if (Contains(name[..at])) return true;
            name = name[(at + 1)..];
            if (Contains(name)) return true;
        }

        var within = name.LastIndexOf("__", StringComparison.Ordinal); // the separator of settings in environment variables
        return within > 0 && Contains(name[(within + 2)..]);
    }
}
