using System.Buffers;
using System.Text;
using HoodyLogs.Entries;

namespace HoodyLogs.AspNetCore.Capture.Data;

/// <summary>Writes the members of an entry's <c>data</c>, without its braces. Made for one entry on one thread; give it back by <see cref="Dispose"/>.</summary>
internal sealed class DataWriter : IDisposable
{
    private const int KeptCapacity = 64 * 1024;

    [ThreadStatic]
    private static DataWriter? _free;

    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private int[] _names = new int[32];
    private int _nameCount;
    private int _depth;
    private bool _needsComma;

    public static DataWriter Rent()
    {
        // Taken while in use: a host's delegate may log, and the log record has data of its own.
        var writer = _free ?? new DataWriter();
        _free = null;
        return writer;
    }

    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    /// <summary>What a host adds. One for each writer, so that adding costs no object.</summary>
    public CustomDataMembers Members => field ??= new CustomDataMembers(this);

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

    /// <summary>Begins a member, unless there is one of the same name.</summary>
    public bool TryName(string name)
    {
        var (began, names) = (_buffer.WrittenCount, _nameCount);
        Name(name);

        // Compared as written: names that differ in halves of surrogate pairs alone have become the same.
        var written = Written[_names[names]..];
        for (var i = 0; i < names; i++)
        {
            if (!Written[_names[i]..].StartsWith(written)) continue;
            TakeBack(began);
            return false;
        }

        return true;
    }

    /// <summary>Removes the last member. Nothing else may have been written since it began.</summary>
    /// <param name="length">What was written before it.</param>
    public void TakeBack(int length)
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

    /// <summary>A number or null, as JSON writes it.</summary>
    public void Literal(string literal)
    {
        Span<byte> utf8 = stackalloc byte[64];
        var json = new Utf8JsonFragmentWriter(_buffer);
        json.Raw(utf8[..Encoding.ASCII.GetBytes(literal, utf8)]);
        End(ref json);
    }

    /// <summary>Milliseconds with their fraction, to the microsecond.</summary>
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
        if (_buffer.Capacity > KeptCapacity) return;
        _buffer.ResetWrittenCount();
        (_needsComma, _nameCount, _depth) = (false, 0, 0);
        _free = this;
    }

    private Utf8JsonFragmentWriter BeginName()
    {
        var json = new Utf8JsonFragmentWriter(_buffer);
        if (_depth == 0) NoteName(_buffer.WrittenCount + (_needsComma ? 1 : 0));
        json.Raw(_needsComma ? ",\""u8 : "\""u8);
        return json;
    }

    private void NoteName(int at)
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
