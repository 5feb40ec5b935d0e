using System.Buffers;
using HoodyLogs.Entries;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>Writes the members of an entry's <c>data</c>, without its braces. Made for one entry on one thread; give it back by <see cref="Dispose"/>.</summary>
internal sealed class DataWriter : IDisposable
{
    private const int KeptCapacity = 64 * 1024;

    [ThreadStatic]
    private static DataWriter? _free;

    private readonly ArrayBufferWriter<byte> _buffer = new(512);

    public static DataWriter Rent()
    {
        // Taken while in use: a host's delegate may log, and the log record has data of its own.
        var writer = _free ?? new DataWriter();
        _free = null;
        return writer;
    }

    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public void Add(scoped ReadOnlySpan<byte> name, string value)
    {
        var json = Begin(name);
        json.Raw("\""u8);
        json.Escaped(value);
        json.Raw("\""u8);
        json.Complete();
    }

    public void Add(scoped ReadOnlySpan<byte> name, long value)
    {
        var json = Begin(name);
        json.Number(value);
        json.Complete();
    }

    public void Add(scoped ReadOnlySpan<byte> name, bool value)
    {
        var json = Begin(name);
        json.Raw(value ? "true"u8 : "false"u8);
        json.Complete();
    }

    public void AddMilliseconds(scoped ReadOnlySpan<byte> name, TimeSpan value)
    {
        var json = Begin(name);
        json.Milliseconds(Math.Max(0, value.Ticks / TimeSpan.TicksPerMicrosecond));
        json.Complete();
    }

    public void Dispose()
    {
        if (_buffer.Capacity > KeptCapacity) return;
        _buffer.ResetWrittenCount();
        _free = this;
    }

    private Utf8Emitter Begin(scoped ReadOnlySpan<byte> name)
    {
        var json = new Utf8Emitter(_buffer);
        if (_buffer.WrittenCount > 0) json.Raw(","u8);
        json.Raw("\""u8);
        json.Escaped(name);
        json.Raw("\":"u8);
        return json;
    }
}
