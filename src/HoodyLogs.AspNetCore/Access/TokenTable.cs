using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace HoodyLogs.AspNetCore.Access;

/// <summary>Maps tokens to scopes. It stores only the SHA-256 of each token. Immutable; a reload of the options creates a new table.</summary>
internal sealed class TokenTable
{
    /// <summary>The minimum number of characters of a token.</summary>
    public const int MinLength = 16;

    /// <summary>The maximum number of characters of a token.</summary>
    public const int MaxLength = 512;

    // The first half of the digest finds the entry. Its timing reveals nothing about a token. The whole digest is then compared in constant time.
    private readonly FrozenDictionary<UInt128, Entry> _byFirstHalf;

    public TokenTable(IEnumerable<AccessToken> tokens)
    {
        var entries = new Dictionary<UInt128, Entry>();
        foreach (var token in tokens)
        {
            var digest = new byte[SHA256.HashSizeInBytes];
            if (TryHash(token.Token, digest) && CreateScope(token) is { } scope) entries.TryAdd(FirstHalf(digest), new Entry(digest, scope));
        }

        _byFirstHalf = entries.ToFrozenDictionary();
    }

    public int Count => _byFirstHalf.Count;

    /// <summary>Returns the scope of a token; null if the token is unknown.</summary>
    public LogScope? Find(ReadOnlySpan<char> token)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        if (!TryHash(token, digest) || !_byFirstHalf.TryGetValue(FirstHalf(digest), out var entry)) return null;
        return CryptographicOperations.FixedTimeEquals(entry.Digest, digest) ? entry.Scope : null;
    }

    private static bool TryHash(ReadOnlySpan<char> token, Span<byte> digest)
    {
        if (token.Length is < MinLength or > MaxLength) return false;
        Span<byte> utf8 = stackalloc byte[MaxLength * 3];
        var length = Encoding.UTF8.GetBytes(token, utf8);
        SHA256.HashData(utf8[..length], digest);
        utf8.Clear();
        return true;
    }

    private static UInt128 FirstHalf(ReadOnlySpan<byte> digest) => BinaryPrimitives.ReadUInt128BigEndian(digest);

    private static LogScope? CreateScope(AccessToken token)
    {
        if (token.Admin) return LogScope.All;
        if (string.IsNullOrEmpty(token.ProjectId)) return null;
        return string.IsNullOrEmpty(token.ContainerId)
            ? LogScope.Project(token.ProjectId)
            : LogScope.Container(token.ProjectId, token.ContainerId);
    }

    private sealed record Entry(byte[] Digest, LogScope Scope);
}
