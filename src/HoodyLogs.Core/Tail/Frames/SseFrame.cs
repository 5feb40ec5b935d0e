using System.Buffers;
using HoodyLogs.Entries;
using HoodyLogs.Tail.Gaps;

namespace HoodyLogs.Tail.Frames;

/// <summary>The frames of the live tail. Each but the heartbeat has an <c>id:</c> line: the position from which a reconnect loses and repeats nothing (decision T1).</summary>
internal static class SseFrame
{
    /// <summary>An entry, its JSON on one line.</summary>
    public static void Entry(ArrayBufferWriter<byte> buffer, in LogEntryView entry)
    {
        Begin(buffer, entry.Id, "data: "u8);
        LogEntryJson.Write(buffer, entry);
        buffer.Write("\n\n"u8);
    }

    /// <summary>How long a client waits before it reconnects: a line of the first frame.</summary>
    public static void Retry(IBufferWriter<byte> writer) => writer.Write("retry: 3000\n"u8);

    /// <summary>A position without an entry: what a client without any frame would come back with (decision T8).</summary>
    public static void Position(IBufferWriter<byte> writer, long position) => Begin(writer, position, "\n"u8);

    /// <summary>The process is another one than the client knew (decision T5).</summary>
    public static void Reset(IBufferWriter<byte> writer, long position, long current)
    {
        Begin(writer, position, "event: reset\ndata: {\"ringSeq\":"u8);
        var json = new Utf8JsonFragmentWriter(writer);
        json.Number(current);
        json.Raw("}\n\n"u8);
        json.Complete();
    }

    /// <summary>Entries that the client cannot get (decision T7).</summary>
    public static void Gap(IBufferWriter<byte> writer, long position, Gap loss)
    {
        Begin(writer, position, "event: gap\ndata: {\"from\":"u8);
        var json = new Utf8JsonFragmentWriter(writer);
        json.Number(loss.From);
        json.Raw(",\"to\":"u8);
        json.Number(loss.To);
        json.Raw(",\"count\":"u8);
        if (loss.Count is { } count) json.Number(count);
        else json.Raw("null"u8);
        json.Raw(",\"reason\":\""u8);
        json.Escaped(loss.Reason);
        json.Raw("\"}\n\n"u8);
        json.Complete();
    }

    /// <summary>The scope of the stream is gone, and the stream with it (decision T6).</summary>
    public static void ScopeDestroyed(IBufferWriter<byte> writer, long position, LogScope scope)
    {
        Begin(writer, position, "event: scope-destroyed\ndata: {\"projectId\":\""u8);
        var json = new Utf8JsonFragmentWriter(writer);
        json.Escaped(scope.ProjectId!);
        if (scope.ContainerId is not null)
        {
            json.Raw("\",\"containerId\":\""u8);
            json.Escaped(scope.ContainerId);
        }

        json.Raw("\"}\n\n"u8);
        json.Complete();
    }

    /// <summary>A comment, which clients ignore and connections live on.</summary>
    public static void Heartbeat(IBufferWriter<byte> writer) => writer.Write(":\n\n"u8);

    private static void Begin(IBufferWriter<byte> writer, long position, ReadOnlySpan<byte> then)
    {
        var line = new Utf8JsonFragmentWriter(writer);
        line.Raw("id: "u8);
        line.Number(position);
        line.Raw("\n"u8);
        line.Raw(then);
        line.Complete();
    }
}
