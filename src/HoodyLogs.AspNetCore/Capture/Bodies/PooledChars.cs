using System.Buffers;
using System.Text;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>Text of a body as characters, in pooled memory that counts against the budget. Give it back by <see cref="Dispose"/>, once.</summary>
internal readonly ref struct PooledChars
{
    private const int StringsPerText = 3; // the text, what is made of it on the way, and the result

    private readonly char[] _chars;
    private readonly int _length;
    private readonly BodyBudget _budget;
    private readonly long _taken;

    /// <exception cref="BodyMemoryException">The budget is used up.</exception>
    public PooledChars(ReadOnlySpan<byte> bytes, Encoding encoding, bool isWhole, BodyBudget budget)
    {
        var most = encoding.GetMaxCharCount(bytes.Length);
        (_budget, _taken) = (budget, (long)sizeof(char) * most);
        budget.Take(_taken);
        _chars = ArrayPool<char>.Shared.Rent(most);
        try
        {
            _length = encoding is UTF8Encoding ? encoding.GetChars(bytes, _chars) : encoding.GetDecoder().GetChars(bytes, _chars, flush: isWhole);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public ReadOnlySpan<char> Span => _chars.AsSpan(0, _length);

    /// <summary>Redacts the text by means that need strings, which count against the budget as well.</summary>
    /// <param name="redact">Returns the same instance if there is nothing to redact.</param>
    /// <param name="output">Takes the result if it differs.</param>
    /// <exception cref="BodyMemoryException">The budget is used up.</exception>
    public void Redact(Func<string, string> redact, PooledBytes output)
    {
        var strings = (long)sizeof(char) * StringsPerText * _length;
        _budget.Take(strings);
        try
        {
            var text = Span.ToString();
            var redacted = redact(text);
            if (!ReferenceEquals(text, redacted)) Encoding.UTF8.GetBytes(redacted, output);
        }
        finally
        {
            _budget.GiveBack(strings);
        }
    }

    public void Dispose()
    {
        ArrayPool<char>.Shared.Return(_chars);
        _budget.GiveBack(_taken);
    }
}
