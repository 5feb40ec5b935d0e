using System.Runtime.CompilerServices;
using System.Text;
using HoodyLogs.Storage.Bodies;
using HoodyLogs.Storage.Sqlite.Diagnostics;

namespace HoodyLogs.Storage.Sqlite.Records;

/// <summary>
/// The column <c>data</c> of <c>records</c>: a record as one blob, since binding, making and reading a column each cost about what this costs
/// altogether. In this order, numbers and texts as <see cref="VarintWriter"/> writes them:
/// <code>
/// series          number
/// flags           number, laid out by RecordFlags
/// ts_ms           number
/// duration_us     number
/// lag_us          signed: from the end of the record (its time plus its duration) to its ingestion
/// status          signed
/// trace           by its form in the flags: nothing, 16 bytes, or a text
/// url             text
/// bytes_in        number, one more than it is; 0 where unknown
/// bytes_out       number, likewise
/// client_ip       text
/// user_agent      text
/// request_data    text
/// response_data   text; of an event: what admins see in place of request_data
/// bodies          where the flags tell of one: 20 bytes, laid out by BodyPlace
/// </code>
/// A text is empty where there is none. What filters look at comes first, so that the rest is read only of what is shown.
/// </summary>
internal static class RecordCodec
{
    private const int Numbers = 14; // the lengths of texts among them
    private const int MostWithoutTexts = (Numbers * VarintWriter.MaxNumber) + TraceHash.Bytes + BodyLocation.Size;
    private const long MaxIngestedUs = 253_402_300_799_999_999; // the last microsecond of the year 9999

    /// <summary>The most that a record may take.</summary>
    public static long MaxSize(LogRecord record) =>
        MostWithoutTexts + MaxSize(record.TraceUuid == default ? record.TraceId : null) + MaxSize(record.Url) + MaxSize(record.ClientIp)
        + MaxSize(record.UserAgent) + (record.RequestData?.Length ?? 0) + (record.ResponseData?.Length ?? 0);

    /// <summary>Packs a numbered record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="bodies">Where its bodies are, if it has any.</param>
    /// <param name="writer">Has room for <see cref="MaxSize(LogRecord)"/>.</param>
    /// <returns>The hash of its trace id; 0 where it has none.</returns>
    public static uint Write(LogRecord record, BodyLocation bodies, ref VarintWriter writer)
    {
        Span<byte> trace = stackalloc byte[TraceHash.Bytes];
        var flags = RecordFlags.Of(record, PackTrace(record, trace));
        writer.Number((ulong)record.Series!.Number);
        writer.Number((ulong)flags.Value);
        writer.Number((ulong)record.TimestampMs);
        writer.Number((ulong)record.DurationUs);
        writer.Signed(record.IngestedAtUs - (record.TimestampMs * 1000) - record.DurationUs);
        writer.Signed(record.Status);
        var hash = WriteTrace(record, flags.Trace, trace, ref writer);
        writer.Text(record.Url);

        writer.Number((ulong)Math.Max(record.BytesIn, -1) + 1);
        writer.Number((ulong)Math.Max(record.BytesOut, -1) + 1);
        writer.Text(record.ClientIp);
        writer.Text(record.UserAgent);
        writer.Bytes(record.RequestData);
        writer.Bytes(record.ResponseData);
        if (!flags.HasBodies) return hash;
        Span<byte> place = stackalloc byte[BodyLocation.Size];
        bodies.Write(place);
        writer.Raw(place);
        return hash;
    }

    /// <summary>Reads what filters and the index look at, and leaves the rest in <see cref="RecordFields.Packed"/>.</summary>
    /// <param name="packed">The column, in memory that does not move.</param>
    /// <param name="id">The id of the row.</param>
    /// <param name="fields">What was read.</param>
    /// <exception cref="LogStoreException">These are no bytes of ours (<see cref="StoreDamage.IsDamage"/>).</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ReadHead(ReadOnlySpan<byte> packed, long id, out RecordFields fields)
    {
        var reader = new VarintReader(packed, id);
        fields = default;
        fields.Series = (int)reader.Number(int.MaxValue);
        fields.Flags = new RecordFlags(reader.Number(long.MaxValue));
        fields.TimestampMs = reader.Number(LogRecord.MaxTimestampMs);
        fields.DurationUs = reader.Number(LogRecord.MaxDurationUs);
        fields.IngestedUs = (fields.TimestampMs * 1000) + fields.DurationUs + reader.Signed();
        if (fields.IngestedUs is < 0 or > MaxIngestedUs) throw reader.Damage();
        fields.Status = (int)reader.Signed();
        fields.Trace = new ColumnBytes(fields.Flags.Trace switch
        {
            TraceForm.None => default,
            TraceForm.Text => reader.Bytes(),
            _ => reader.Raw(TraceHash.Bytes),
        });
        fields.Url = new ColumnBytes(reader.Bytes());
        fields.Packed = new ColumnBytes(reader.Remaining);
    }

    /// <summary>Reads the rest.</summary>
    /// <exception cref="LogStoreException">These are no bytes of ours (<see cref="StoreDamage.IsDamage"/>).</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ReadRest(long id, ref RecordFields fields)
    {
        var reader = new VarintReader(fields.Packed.Span, id);
        fields.BytesIn = (long)reader.Number() - 1;
        fields.BytesOut = (long)reader.Number() - 1;
        fields.ClientIp = new ColumnBytes(reader.Bytes());
        fields.UserAgent = new ColumnBytes(reader.Bytes());
        fields.RequestData = new ColumnBytes(reader.Bytes());
        fields.ResponseData = new ColumnBytes(reader.Bytes());
        if (fields.Flags.HasBodies) fields.Bodies = BodyLocation.Read(reader.Raw(BodyLocation.Size));
        if (!reader.Remaining.IsEmpty || fields.Bodies.Bytes > Array.MaxLength) throw reader.Damage();
    }

    private static long MaxSize(string? text) => text is null ? 0 : Encoding.UTF8.GetMaxByteCount(text.Length);

    private static TraceForm PackTrace(LogRecord record, Span<byte> packed)
    {
        if (record.TraceUuid != default && record.TraceUuid.TryWriteBytes(packed, bigEndian: true, out _)) return TraceForm.Uuid;
        if (string.IsNullOrEmpty(record.TraceId)) return TraceForm.None;
        if (!TraceHash.TryPack(record.TraceId, packed, out var isUuid)) return TraceForm.Text;
        return isUuid ? TraceForm.Uuid : TraceForm.Hex;
    }

    private static uint WriteTrace(LogRecord record, TraceForm form, scoped ReadOnlySpan<byte> packed, ref VarintWriter writer)
    {
        if (form == TraceForm.None) return 0;
        if (form == TraceForm.Text) return TraceHash.HashText(writer.Text(record.TraceId));
        writer.Raw(packed);
        return TraceHash.Hash(packed);
    }
}
