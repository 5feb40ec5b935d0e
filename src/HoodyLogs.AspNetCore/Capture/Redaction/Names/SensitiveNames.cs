using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Names;

/// <summary>
/// The names whose values are never stored, wherever they stand: in a query, a form, JSON or a log record. However a name writes its words:
/// <c>access_token</c> is <c>accessToken</c> and <c>Access-Token</c>. A few names are secrets also at the end of another: <c>DB_PASSWORD</c>,
/// <c>userToken</c>, <c>newPassword2</c>.
/// </summary>
internal sealed class SensitiveNames
{
    private const int MaxOnStack = 256;
    private const int Letters = 32;
    private const int MinSuffixLength = 3;
    private const int MaxSuffixLength = 32;
    private const string Token = "token";

    /// <summary>Between the names of things within others, in forms, settings and the paths of urls.</summary>
    private static readonly SearchValues<char> Separators = SearchValues.Create("[](){}.:;,/?&|$'\"\0\ufeff");

    /// <summary>Names that no other name ends with unless it is a secret too. Names such as <c>key</c> and <c>code</c> are not among them.</summary>
    private static readonly string[] KnownSuffixes =
    [
        "password", "passwd", "pwd", "passphrase", "secret", "token", "credential", "credentials", "apikey", "privatekey", "accesskey", "secretkey",
    ];

    /// <summary>What may stand behind such a name.</summary>
    private static readonly string[] SuffixAdditions = ["confirm", "hash", "value"];

    /// <summary>Tokens that give no access: of pages, of cancellation.</summary>
    private static readonly string[] HarmlessSuffixes = ["pagetoken", "nexttoken", "continuationtoken", "cancellationtoken", "invalidtoken", "unexpectedtoken"];

    private readonly string[] _suffixes;

    /// <summary>Rules nearly all names out before they are looked at for a strong name.</summary>
    private readonly SuffixFilter _suffixFilter;

    private readonly SuffixFilter _nameFilter;

    // Without underscores and hyphens, and asked without them.
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _names;
    private readonly int _maxLength;

    /// <summary>The length of the shortest name for each pair of first and last letter: rules nearly all names out before they are decoded.</summary>
    private readonly byte[] _minLengths = new byte[Letters * Letters];

    public SensitiveNames(IEnumerable<string> names)
    {
        All = [.. names.Where(name => name.Length > 0)];
        var set = All.Select(WithoutSeparators).Where(name => name.Length > 0).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        _names = set.GetAlternateLookup<ReadOnlySpan<char>>();

        // So that there may be an underscore behind every letter, and one before.
        _maxLength = set.Count == 0 ? 0 : (2 * set.Max(name => name.Length)) + 1;
        _minLengths.AsSpan().Fill(byte.MaxValue);
        foreach (var name in set)
        {
            ref var shortest = ref _minLengths[PairIndex(name[0], name[^1])];
            shortest = (byte)Math.Min(shortest, name.Length);
        }

        // A strong name that the host took out of its list is none.
        _suffixes = [.. KnownSuffixes.Where(word => set.Contains(word) || (word == "credential" && set.Contains("credentials")))];
        string[] strongEnds = [.. _suffixes, .. _suffixes.Length > 0 ? SuffixAdditions : []];
        _suffixFilter = new SuffixFilter(strongEnds);
        Suffixes = [.. set, .. strongEnds];
        _nameFilter = new SuffixFilter(Suffixes);

        for (var letter = 0; letter < Letters; letter++) _minLengths[PairIndex('_', letter)] = _minLengths[PairIndex(letter, '_')] = 0;
    }

    /// <summary>The names as the host writes them.</summary>
    public IReadOnlyList<string> All { get; }

    /// <summary>What all of these names end with, without underscores and hyphens.</summary>
    public IReadOnlyList<string> Suffixes { get; }

    public bool Contains(ReadOnlySpan<char> name) => IsListed(name) || EndsWithSuffix(name);

    /// <summary>Whether a name as forms and queries write it is one of these: <c>to%6Ben</c>, <c>token[]</c>, <c>user[token]</c>, <c>User.Token</c>, <c>User__Token</c>.</summary>
    public bool ContainsField(ReadOnlySpan<char> name) =>
        ContainsUnescaped(name.IndexOfAny('%', '+') < 0 ? name : Uri.UnescapeDataString(name).Replace('+', ' '));

    /// <summary>Whether a JSON property of this name, still in UTF-8 but not escaped, is one of these.</summary>
    public bool Contains(ReadOnlySpan<byte> utf8)
    {
        const int MaxUtf8PerChar = 3;
        if (utf8.IsEmpty) return false;
        if (utf8.Length > MinSuffixLength && _suffixFilter.MayMatch(utf8) && EndsWithSuffix(utf8)) return true;
        if (utf8.Length > _maxLength * MaxUtf8PerChar) return false;

        // What is not ASCII may equal a letter of another length.
        var (first, last) = (utf8[0], utf8[^1]);
        return ((first | last) >= 0x80 || first == '-' || last == '-' || utf8.Length >= _minLengths[PairIndex(first, last)]) && _nameFilter.MayMatch(utf8) && IsListedDecoded(utf8);
    }

    /// <summary>Letters differ in case by a bit that is left out here.</summary>
    private static int PairIndex(int first, int last) => ((first & (Letters - 1)) * Letters) + (last & (Letters - 1));

    private bool IsListed(ReadOnlySpan<char> name) =>
        name.Length <= _maxLength && (name.IndexOfAny('_', '-') < 0 ? _names.Contains(name) : ContainsWithoutSeparators(name));

    private static string WithoutSeparators(string name) => name.Replace("_", "").Replace("-", "");

    private bool EndsWithSuffix(ReadOnlySpan<byte> utf8)
    {
        // Only the end of the name is looked at, and only ASCII.
        Span<char> chars = stackalloc char[MaxSuffixLength];
        utf8 = utf8[Math.Max(0, utf8.Length - MaxSuffixLength)..];
        for (var i = 0; i < utf8.Length; i++) chars[i] = (char)utf8[i];
        return EndsWithSuffix(chars[..utf8.Length]);
    }

    private bool EndsWithSuffix(ReadOnlySpan<char> name)
    {
        if (name.Length <= MinSuffixLength || _suffixes.Length == 0) return false;
        Span<char> joined = stackalloc char[MaxSuffixLength];
        var (length, starts, last) = (0, 0u, '_'); // starts: a bit for each letter that begins a word
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

    /// <summary>Of <c>token</c> it has to be a word of its own: <c>userToken</c>, not <c>mytoken</c>.</summary>
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

        var within = name.LastIndexOf("__", StringComparison.Ordinal); // as environment variables name settings
        return within > 0 && Contains(name[(within + 2)..]);
    }
}
