using System.Buffers;
using HoodyLogs.Entries;

namespace HoodyLogs;

/// <summary>Writes events of the host.</summary>
public static class LogSinkExtensions
{
    private const int MaxMessage = 8192;

    /// <summary>Queues an event with a message, without waiting. To set other members of <c>data</c>, create a <see cref="LogRecord"/>.</summary>
    /// <param name="sink">The sink.</param>
    /// <param name="level">The severity.</param>
    /// <param name="message">
    /// The message, shown as <c>data.message</c>. It is stored as it is and not redacted. At most 8,192 characters. A longer message is truncated, and
    /// <c>data.messageTruncated</c> is true.
    /// </param>
    /// <param name="projectId">The project, or null to show the event to admins only.</param>
    /// <param name="containerId">The container, or null.</param>
    /// <param name="serviceName">The service, or null.</param>
    /// <param name="traceId">The trace id of the exchange that the event belongs to, or null.</param>
    /// <param name="timestamp">The time of the event, or null for now.</param>
    /// <exception cref="ArgumentException">An id contains a control character or an unpaired surrogate, or the trace id has more than 128 characters.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The level is not defined.</exception>
    /// <returns>False if the queue is full or closed. The drop is then counted, and reported as an event.</returns>
    public static bool TryWriteEvent(
        this ILogSink sink, EntryLevel level, string message, string? projectId = null, string? containerId = null,
        string? serviceName = null, string? traceId = null, DateTimeOffset? timestamp = null)
    {
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentNullException.ThrowIfNull(message);
        return sink.TryWrite(new LogRecord
        {
            Shape = RecordShape.Event,
            Level = level,
            ProjectId = projectId,
            ContainerId = containerId,
            ServiceName = serviceName,
            TraceId = traceId,
            TimestampMs = (timestamp ?? TimeProvider.System.GetUtcNow()).ToUnixTimeMilliseconds(),
            OwnRequestData = Data(message),
        });
    }

    private static byte[] Data(string message)
    {
        var isTruncated = message.Length > MaxMessage;
        if (isTruncated) message = message[..(char.IsHighSurrogate(message[MaxMessage - 1]) ? MaxMessage - 1 : MaxMessage)];
        var buffer = new ArrayBufferWriter<byte>(message.Length + 64);
        var json = new Utf8JsonFragmentWriter(buffer);
        json.Raw("\"message\":\""u8);
        json.Escaped(message);
        json.Raw(isTruncated ? "\",\"messageTruncated\":true"u8 : "\""u8);
        json.Complete();
        return buffer.WrittenSpan.ToArray();
    }
}
