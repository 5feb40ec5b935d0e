using System.Buffers;
using System.Text;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>The text of a body in pooled memory, which counts against a budget. <see cref="Dispose"/> returns the memory and must be called once.</summary>
internal readonly ref struct PooledChars
{
    private const int StringsPerText = 3; // the text, an intermediate text, and the result

    private readonly char[] _chars;
    private readonly int _length;
    private readonly BodyBudget _budget;
    private readonly long _taken;

    /// <exception cref="BodyMemoryException">The budget is used up.</exception>
    public PooledChars(ReadOnlySpan<byte> bytes, Encoding encoding, bool isWhole, BodyBudget budget)
    {
        var maxChars = encoding.GetMaxCharCount(bytes.Length);
        (_budget, _taken) = (budget, (long)sizeof(char) * maxChars);
        budget.Take(_taken);
        _chars = ArrayPool<char>.Shared.Rent(maxChars);
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

    /// <summary>Redacts the text as a string. The strings count against the budget.</summary>
    /// <param name="redact">Returns the same instance if there is nothing to redact.</param>
    /// <param name="output">Receives the result if it differs.</param>
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
