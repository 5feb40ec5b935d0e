using System.Buffers;
using System.Text;

namespace HoodyLogs.Entries;

/// <summary>Shows records that are still in memory in the form in which the store shows its rows, so that there is one way to encode an entry.</summary>
internal static class LogRecordViews
{
    private const int UuidLength = 36;

    /// <summary>Shows one face of a numbered record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="face">The face.</param>
    /// <param name="forAdmin">Whether the reader's scope is <see cref="LogScope.All"/>. Others never see the data that an event keeps for admins.</param>
    /// <param name="visitor">Takes the entry.</param>
    public static void Visit(LogRecord record, RecordParts face, bool forAdmin, LogEntryVisitor visitor)
    {
        var scratch = ArrayPool<byte>.Shared.Rent(
            TraceSize(record) + Size(record.Url) + Size(record.ClientIp) + Size(record.UserAgent));
        try
        {
            var used = 0;
            visitor(new LogEntryView
            {
                Id = face == RecordParts.Second ? record.Id + 1 : record.Id,
                Part = face,
                Series = record.Series ?? throw new InvalidOperationException("The record is not numbered yet."),
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
                Data = face == RecordParts.Second || (forAdmin && record.HasAdminData) ? record.ResponseData : record.RequestData,
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
