using System.Buffers;
using HoodyLogs.Entries;

namespace HoodyLogs;

/// <summary>Events of the host's own.</summary>
public static class LogSinkExtensions
{
    private const int MaxMessage = 8192;

    /// <summary>Hands over an event with a message, without ever waiting. For more in <c>data</c> than a message, make the <see cref="LogRecord"/> yourself.</summary>
    /// <param name="sink">The sink.</param>
    /// <param name="at">When it happened.</param>
    /// <param name="level">Its weight.</param>
    /// <param name="message">
    /// What happened: <c>data.message</c>. Stored as given; nothing is redacted. At most 8 192 characters; a longer one is cut, and <c>data.messageTruncated</c> is true.
    /// </param>
    /// <param name="projectId">The tenant; null for admins' eyes only.</param>
    /// <param name="containerId">The container within the tenant, or null.</param>
    /// <param name="serviceName">The service, or null.</param>
    /// <param name="traceId">The trace id of the exchange that it belongs to, or null.</param>
    /// <exception cref="ArgumentException">An id has a control character or half of a surrogate pair, or the trace id is longer than 128 characters.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such level.</exception>
    /// <returns>False where the queue is full or closed; the loss has been counted and will be told.</returns>
    public static bool TryWriteEvent(
        this ILogSink sink, DateTimeOffset at, EntryLevel level, string message, string? projectId = null, string? containerId = null,
        string? serviceName = null, string? traceId = null)
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
            TimestampMs = at.ToUnixTimeMilliseconds(),
            OwnRequestData = Data(message),
        });
    }

    private static byte[] Data(string message)
    {
        var isCut = message.Length > MaxMessage;
        if (isCut) message = message[..(char.IsHighSurrogate(message[MaxMessage - 1]) ? MaxMessage - 1 : MaxMessage)];
        var buffer = new ArrayBufferWriter<byte>(message.Length + 64);
        var json = new Utf8JsonFragmentWriter(buffer);
        json.Raw("\"message\":\""u8);
        json.Escaped(message);
        json.Raw(isCut ? "\",\"messageTruncated\":true"u8 : "\""u8);
        json.Complete();
        return buffer.WrittenSpan.ToArray();
    }
}
