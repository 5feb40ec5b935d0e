using System.Buffers;
using System.Text;
using HoodyLogs.Entries;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>Writes the members of an entry's <c>data</c>, without its braces. Made for one entry on one thread; give it back by <see cref="Dispose"/>.</summary>
internal sealed class DataWriter : IDisposable
{
    private const int KeptCapacity = 64 * 1024;

    [ThreadStatic]
    private static DataWriter? _free;

    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private bool _needsComma;

    public static DataWriter Rent()
    {
        // Taken while in use: a host's delegate may log, and the log record has data of its own.
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

    public void Value(string value)
    {
        var json = new Utf8Emitter(_buffer);
        json.Raw("\""u8);
        json.Escaped(value);
        json.Raw("\""u8);
        End(ref json);
    }

    public void Value(long value)
    {
        var json = new Utf8Emitter(_buffer);
        json.Number(value);
        End(ref json);
    }

    public void Value(bool value)
    {
        var json = new Utf8Emitter(_buffer);
        json.Raw(value ? "true"u8 : "false"u8);
        End(ref json);
    }

    /// <summary>A number or null, as JSON writes it.</summary>
    public void Literal(string literal)
    {
        Span<byte> utf8 = stackalloc byte[64];
        var json = new Utf8Emitter(_buffer);
        json.Raw(utf8[..Encoding.ASCII.GetBytes(literal, utf8)]);
        End(ref json);
    }

    /// <summary>Milliseconds with their fraction, to the microsecond.</summary>
    public void Value(TimeSpan value)
    {
        var json = new Utf8Emitter(_buffer);
        json.Milliseconds(Math.Max(0, value.Ticks / TimeSpan.TicksPerMicrosecond));
        End(ref json);
    }

    public void BeginObject()
    {
        var json = new Utf8Emitter(_buffer);
        json.Raw("{"u8);
        json.Complete();
        _needsComma = false;
    }

    public void EndObject()
    {
        var json = new Utf8Emitter(_buffer);
        json.Raw("}"u8);
        End(ref json);
    }

    public void Dispose()
    {
        if (_buffer.Capacity > KeptCapacity) return;
        _buffer.ResetWrittenCount();
        _needsComma = false;
        _free = this;
    }

    private Utf8Emitter BeginName()
    {
        var json = new Utf8Emitter(_buffer);
        json.Raw(_needsComma ? ",\""u8 : "\""u8);
        return json;
    }

    private DataWriter EndName(ref Utf8Emitter json)
    {
        json.Raw("\":"u8);
        json.Complete();
        return this;
    }

    private void End(ref Utf8Emitter json)
    {
        json.Complete();
        _needsComma = true;
    }
}
