using System.Buffers;
using System.Buffers.Text;

namespace HoodyLogs.Entries;

/// <summary>Writes JSON fragments as UTF-8 with few bounds checks and few calls to the writer. Call <see cref="Complete"/> at the end.</summary>
internal ref struct Utf8JsonFragmentWriter(IBufferWriter<byte> writer)
{
    private const int EscapedChunk = 4096;
    private const int RawChunk = 16 * 1024;

    private static readonly SearchValues<byte> MustEscape = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(i => (byte)i), (byte)'"', (byte)'\\', 0x7f]);

    private Span<byte> _span = writer.GetSpan(512);
    private int _used;

    public void Raw(scoped ReadOnlySpan<byte> utf8)
    {
        // Copy in parts, so that the writer never needs a buffer as large as a body.
        for (; utf8.Length > RawChunk; utf8 = utf8[RawChunk..])
        {
            Ensure(RawChunk);
            utf8[..RawChunk].CopyTo(_span[_used..]);
            _used += RawChunk;
        }

        Ensure(utf8.Length);
        utf8.CopyTo(_span[_used..]);
        _used += utf8.Length;
    }

    public void Number(long value)
    {
        Ensure(20);
        Utf8Formatter.TryFormat(value, _span[_used..], out var written);
        _used += written;
    }

    /// <summary>Writes microseconds as milliseconds with the needed fractional digits: 102, 42.5, 0.031.</summary>
    public void Milliseconds(long microseconds)
    {
        Number(microseconds / 1000);
        var fraction = (int)(microseconds % 1000);
        if (fraction == 0) return;
        Ensure(4);
        _span[_used++] = (byte)'.';
        _span[_used++] = (byte)('0' + (fraction / 100));
        if (fraction % 100 == 0) return;
        _span[_used++] = (byte)('0' + (fraction / 10 % 10));
        if (fraction % 10 == 0) return;
        _span[_used++] = (byte)('0' + (fraction % 10));
    }

    /// <summary>Writes an ISO 8601 time in UTC with 3 or 6 <paramref name="fractionDigits"/> and <c>Z</c>.</summary>
    public void Time(long unixMicroseconds, int fractionDigits)
    {
        Ensure(28);
        var time = DateTime.UnixEpoch.AddTicks(unixMicroseconds * TimeSpan.TicksPerMicrosecond);
        var (year, month, day) = DateOnly.FromDateTime(time);
        Digits(year, 4, (byte)'-');
        Digits(month, 2, (byte)'-');
        Digits(day, 2, (byte)'T');
        Digits(time.Hour, 2, (byte)':');
        Digits(time.Minute, 2, (byte)':');
        Digits(time.Second, 2, (byte)'.');
        var micros = (int)(time.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond);
        Digits(fractionDigits == 3 ? micros / 1000 : micros, fractionDigits, (byte)'Z');
    }

    /// <summary>Writes the content of a JSON string. The input is always valid UTF-8, because capture replaces everything else.</summary>
    public void Escaped(scoped ReadOnlySpan<byte> utf8)
    {
        while (!utf8.IsEmpty)
        {
            var clean = utf8.IndexOfAny(MustEscape);
            if (clean < 0) clean = utf8.Length;
            Raw(utf8[..clean]);
            utf8 = utf8[clean..];
            if (!utf8.IsEmpty)
            {
                EscapeOne(utf8[0]);
                utf8 = utf8[1..];
            }
        }
    }

    public void Escaped(string text)
    {
        Span<byte> scratch = stackalloc byte[EscapedChunk];
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            // Lone surrogates become U+FFFD. A pair is never split: the encoder leaves its first half for the next round.
            System.Text.Unicode.Utf8.FromUtf16(rest, scratch, out var read, out var written);
            Escaped(scratch[..written]);
            rest = rest[read..];
        }
    }

    public void Base64(ReadOnlySpan<byte> bytes)
    {
        const int Step = 3 * 1024;
        for (; bytes.Length > Step; bytes = bytes[Step..]) Base64Block(bytes[..Step]);
        Base64Block(bytes);
    }

    public void Complete()
    {
        writer.Advance(_used);
        _used = 0;
        _span = default;
    }

    private void Base64Block(ReadOnlySpan<byte> bytes)
    {
        Ensure(System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(bytes.Length));
        System.Buffers.Text.Base64.EncodeToUtf8(bytes, _span[_used..], out _, out var written);
        _used += written;
    }

    private void EscapeOne(byte value)
    {
        Ensure(6);
        var shortForm = value switch
        {
            (byte)'"' => (byte)'"',
            (byte)'\\' => (byte)'\\',
            (byte)'\n' => (byte)'n',
            (byte)'\r' => (byte)'r',
            (byte)'\t' => (byte)'t',
            _ => (byte)0,
        };
        if (shortForm != 0)
        {
            _span[_used++] = (byte)'\\';
            _span[_used++] = shortForm;
            return;
        }

        "\\u00"u8.CopyTo(_span[_used..]);
        _span[_used + 4] = Hex(value >> 4);
        _span[_used + 5] = Hex(value & 15);
        _used += 6;
    }

    private static byte Hex(int digit) => (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10);

    private void Digits(int value, int count, byte then)
    {
        for (var i = count - 1; i >= 0; i--)
        {
            _span[_used + i] = (byte)('0' + (value % 10));
            value /= 10;
        }

        _span[_used + count] = then;
        _used += count + 1;
    }

    private void Ensure(int count)
    {
        if (_span.Length - _used >= count) return;
        writer.Advance(_used);
        _used = 0;
        _span = writer.GetSpan(Math.Max(count, 512));
    }
}
