using System.Buffers;
using System.Text;
using HoodyLogs.Core.Tests.Writing;
using HoodyLogs.Tail;

namespace HoodyLogs.Core.Tests.Tail;

/// <summary>Reads a tail as frames, step by step.</summary>
internal sealed class TailReading : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly FrameSink _sink;

    public TailReading(WritingFixture fixture, LogScope? scope = null, LogFilter? filter = null, long? position = null)
    {
        _sink = new FrameSink(_buffer, fixture.Ring.Encoder, scope ?? LogScope.All);
        Cursor = new TailCursor(
            fixture.Ring, fixture.Model, fixture.GapHistory, scope ?? LogScope.All, filter ?? LogFilter.All, position ?? fixture.Ring.Position);
    }

    public TailCursor Cursor { get; }

    /// <summary>Reads all available frames. Returns the id of each frame, or its event and data.</summary>
    public async Task<List<string>> ReadAsync()
    {
        _buffer.ResetWrittenCount();
        do _sink.Flushed();
        while (await Cursor.ReadAsync(_sink, CancellationToken.None));
        return [.. Encoding.UTF8.GetString(_buffer.WrittenSpan).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(Shorten)];
    }

    public void Dispose() => Cursor.Dispose();

    private static string Shorten(string frame)
    {
        var lines = frame.Split('\n');
        return lines[1].StartsWith("event: ", StringComparison.Ordinal) ? $"{lines[1][7..]} {lines[2][6..]}" : lines[0][4..];
    }
}
