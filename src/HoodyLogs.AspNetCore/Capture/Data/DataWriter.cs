using System.Buffers;
using System.Text;
using HoodyLogs.Entries;

namespace HoodyLogs.AspNetCore.Capture.Data;

/// <summary>Writes the members of the <c>data</c> of one entry, without braces. Used by one thread. <see cref="Dispose"/> allows the next use.</summary>
internal sealed class DataWriter : IDisposable
{
    private const int MaxPooledCapacity = 64 * 1024;

    [ThreadStatic]
    private static DataWriter? _free;

    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private int[] _names = new int[32];
    private int _nameCount;
    private int _depth;
    private bool _needsComma;

    public static DataWriter Rent()
    {
        // Not free while in use: a delegate of the host may log, and the log record needs a writer too.
        var writer = _free ?? new DataWriter();
        _free = null;
        return writer;
    }

    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public DataWriter Name(scoped ReadOnlySpan<byte> name)
    {
        var json = BeginName();
        json.Escaped(name);
        return EndName(ref json);
    }

    public DataWriter Name(string name)
    {
        var json = BeginName();
        json.Escaped(name);
        return EndName(ref json);
    }

    /// <summary>Begins a member, unless a member has the same name.</summary>
    public bool TryName(string name)
    {
        var (start, names) = (_buffer.WrittenCount, _nameCount);
        Name(name);

        // Compared as written, because names that differ only in unpaired surrogates are written alike.
        var written = Written[_names[names]..];
        for (var i = 0; i < names; i++)
        {
            if (!Written[_names[i]..].StartsWith(written)) continue;
            Truncate(start);
            return false;
        }

        return true;
    }

    /// <summary>Removes the last member.</summary>
    /// <param name="length">The length before the member began.</param>
    public void Truncate(int length)
    {
        _buffer.ResetWrittenCount();
        _buffer.GetSpan(length);
        _buffer.Advance(length);
        while (_nameCount > 0 && _names[_nameCount - 1] >= length) _nameCount--;
        _needsComma = length > 0;
    }

    public void Value(string value)
    {
        var json = new Utf8JsonFragmentWriter(_buffer);
        json.Raw("\""u8);
        json.Escaped(value);
        json.Raw("\""u8);
        End(ref json);
    }

    public void Value(long value)
    {
        var json = new Utf8JsonFragmentWriter(_buffer);
        json.Number(value);
        End(ref json);
    }

    public void Value(bool value)
    {
        var json = new Utf8JsonFragmentWriter(_buffer);
        json.Raw(value ? "true"u8 : "false"u8);
        End(ref json);
    }

    /// <summary>Writes a number or null in its JSON form.</summary>
    public void Literal(string literal)
    {
        Span<byte> utf8 = stackalloc byte[64];
        var json = new Utf8JsonFragmentWriter(_buffer);
        json.Raw(utf8[..Encoding.ASCII.GetBytes(literal, utf8)]);
        End(ref json);
    }

    /// <summary>Writes milliseconds with three decimals.</summary>
    public void Value(TimeSpan value)
    {
        var json = new Utf8JsonFragmentWriter(_buffer);
        json.Milliseconds(Math.Max(0, value.Ticks / TimeSpan.TicksPerMicrosecond));
        End(ref json);
    }

    public void BeginObject()
    {
        var json = new Utf8JsonFragmentWriter(_buffer);
        json.Raw("{"u8);
        json.Complete();
        _needsComma = false;
        _depth++;
    }

    public void EndObject()
    {
        var json = new Utf8JsonFragmentWriter(_buffer);
        json.Raw("}"u8);
        End(ref json);
        _depth--;
    }

    public void Dispose()
    {
        if (_buffer.Capacity > MaxPooledCapacity) return;
        _buffer.ResetWrittenCount();
        (_needsComma, _nameCount, _depth) = (false, 0, 0);
        _free = this;
    }

    private Utf8JsonFragmentWriter BeginName()
    {
        var json = new Utf8JsonFragmentWriter(_buffer);
        if (_depth == 0) AddName(_buffer.WrittenCount + (_needsComma ? 1 : 0));
        json.Raw(_needsComma ? ",\""u8 : "\""u8);
        return json;
    }

    private void AddName(int at)
    {
        if (_nameCount == _names.Length) Array.Resize(ref _names, 2 * _nameCount);
        _names[_nameCount++] = at;
    }

    private DataWriter EndName(ref Utf8JsonFragmentWriter json)
    {
        json.Raw("\":"u8);
        json.Complete();
        return this;
    }

    private void End(ref Utf8JsonFragmentWriter json)
    {
        json.Complete();
        _needsComma = true;
    }
}
