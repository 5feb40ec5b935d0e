using System.Buffers;
using HoodyLogs.Entries;
using HoodyLogs.Tail.Gaps;

namespace HoodyLogs.Tail.Frames;

/// <summary>Writes the frames of the live tail. All frames except heartbeats have an <c>id:</c> line: the position from which a client can resume.</summary>
internal static class SseFrame
{
    /// <summary>Writes an entry as JSON on one line.</summary>
    public static void Entry(ArrayBufferWriter<byte> buffer, in LogEntryView entry)
    {
        Begin(buffer, entry.Id, "data: "u8);
        LogEntryJson.Write(buffer, entry);
        buffer.Write("\n\n"u8);
    }

    /// <summary>Writes how long a client waits before it reconnects. This line belongs to the first frame.</summary>
    public static void Retry(IBufferWriter<byte> writer) => writer.Write("retry: 3000\n"u8);

    /// <summary>Writes a position without an entry, from which a client that has received no entry resumes.</summary>
    public static void Position(IBufferWriter<byte> writer, long position) => Begin(writer, position, "\n"u8);

    /// <summary>Writes that the process has restarted since the client was connected.</summary>
    public static void Reset(IBufferWriter<byte> writer, long position, long current)
    {
        Begin(writer, position, "event: reset\ndata: {\"ringSeq\":"u8);
        var json = new Utf8JsonFragmentWriter(writer);
        json.Number(current);
        json.Raw("}\n\n"u8);
        json.Complete();
    }

    /// <summary>Writes that entries cannot be delivered.</summary>
    public static void Gap(IBufferWriter<byte> writer, long position, Gap gap)
    {
        Begin(writer, position, "event: gap\ndata: {\"from\":"u8);
        var json = new Utf8JsonFragmentWriter(writer);
        json.Number(gap.From);
        json.Raw(",\"to\":"u8);
        json.Number(gap.To);
        json.Raw(",\"count\":"u8);
        if (gap.Count is { } count) json.Number(count);
        else json.Raw("null"u8);
        json.Raw(",\"reason\":\""u8);
        json.Escaped(gap.Reason);
        json.Raw("\"}\n\n"u8);
        json.Complete();
    }

    /// <summary>Writes that the scope of the stream was deleted. The stream ends afterwards.</summary>
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

    /// <summary>Writes a comment, which keeps the connection open. Clients ignore it.</summary>
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
