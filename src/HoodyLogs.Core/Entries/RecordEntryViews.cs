using System.Buffers;
using System.Text;

namespace HoodyLogs.Entries;

/// <summary>Shows records in memory in the same form as stored rows, so that entries have one encoder.</summary>
internal static class RecordEntryViews
{
    private const int UuidLength = 36;

    /// <summary>Passes one entry of a record with ids to the visitor.</summary>
    /// <param name="record">The record.</param>
    /// <param name="part">Which entry of the record.</param>
    /// <param name="forAdmin">Whether the reader's scope is <see cref="LogScope.All"/>. Other readers never see data that an event keeps for admins.</param>
    /// <param name="visitor">Receives the entry.</param>
    public static void Visit(LogRecord record, RecordParts part, bool forAdmin, LogEntryVisitor visitor)
    {
        var scratch = ArrayPool<byte>.Shared.Rent(
            TraceSize(record) + Size(record.Url) + Size(record.ClientIp) + Size(record.UserAgent));
        try
        {
            var used = 0;
            visitor(new LogEntryView
            {
                Id = part == RecordParts.Second ? record.Id + 1 : record.Id,
                Part = part,
                Series = record.Series ?? throw new InvalidOperationException("The record has no ids yet."),
                TimestampMs = record.TimestampMs,
                DurationUs = record.DurationUs,
                IngestedAtUs = record.IngestedAtUs,
                TraceId = record.TraceUuid == default ? Encode(record.TraceId, scratch, ref used) : Encode(record.TraceUuid, scratch, ref used),
                Url = Encode(record.Url, scratch, ref used),
                ClientIp = Encode(record.ClientIp, scratch, ref used),
                UserAgent = Encode(record.UserAgent, scratch, ref used),
                Status = record.Status,
                BytesIn = record.BytesIn,
                BytesOut = record.BytesOut,
                Data = part == RecordParts.Second || (forAdmin && record.HasAdminData) ? record.ResponseData : record.RequestData,
                RequestBodyState = record.RequestBodyState,
                ResponseBodyState = record.ResponseBodyState,
            });
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    private static int TraceSize(LogRecord record) => record.TraceUuid == default ? Size(record.TraceId) : UuidLength;

    private static int Size(string? text) => text is null ? 0 : Encoding.UTF8.GetMaxByteCount(text.Length);

    private static ReadOnlySpan<byte> Encode(Guid uuid, byte[] scratch, ref int used)
    {
        uuid.TryFormat(scratch.AsSpan(used), out var written);
        var encoded = scratch.AsSpan(used, written);
        used += written;
        return encoded;
    }

    private static ReadOnlySpan<byte> Encode(string? text, byte[] scratch, ref int used)
    {
        if (text is null) return default;
        var written = Encoding.UTF8.GetBytes(text, scratch.AsSpan(used));
        var encoded = scratch.AsSpan(used, written);
        used += written;
        return encoded;
    }
}
