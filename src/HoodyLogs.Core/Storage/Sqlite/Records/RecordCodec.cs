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
    private const int NumberCount = 14; // the lengths of texts among them
    private const int MaxSizeWithoutTexts = (NumberCount * VarintWriter.MaxNumberSize) + TraceHash.EncodedSize + BodyLocation.Size;
    private const long MaxIngestedUs = 253_402_300_799_999_999; // the last microsecond of the year 9999

    /// <summary>The most that a record may take.</summary>
    public static long MaxSize(LogRecord record) =>
        MaxSizeWithoutTexts + MaxSize(record.TraceUuid == default ? record.TraceId : null) + MaxSize(record.Url) + MaxSize(record.ClientIp)
        + MaxSize(record.UserAgent) + (record.RequestData?.Length ?? 0) + (record.ResponseData?.Length ?? 0);

    /// <summary>Packs a numbered record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="bodies">Where its bodies are, if it has any.</param>
    /// <param name="writer">Has room for <see cref="MaxSize(LogRecord)"/>.</param>
    /// <returns>The hash of its trace id; 0 where it has none.</returns>
    public static uint Write(LogRecord record, BodyLocation bodies, ref VarintWriter writer)
    {
        Span<byte> trace = stackalloc byte[TraceHash.EncodedSize];
        var flags = RecordFlags.Of(record, EncodeTrace(record, trace));
        writer.WriteNumber((ulong)record.Series!.Number);
        writer.WriteNumber((ulong)flags.Value);
        writer.WriteNumber((ulong)record.TimestampMs);
        writer.WriteNumber((ulong)record.DurationUs);
        writer.WriteSigned(record.IngestedAtUs - (record.TimestampMs * 1000) - record.DurationUs);
        writer.WriteSigned(record.Status);
        var hash = WriteTrace(record, flags.Trace, trace, ref writer);
        writer.WriteText(record.Url);

        writer.WriteNumber((ulong)Math.Max(record.BytesIn, -1) + 1);
        writer.WriteNumber((ulong)Math.Max(record.BytesOut, -1) + 1);
        writer.WriteText(record.ClientIp);
        writer.WriteText(record.UserAgent);
        writer.WriteBytes(record.RequestData);
        writer.WriteBytes(record.ResponseData);
        if (!flags.HasBodies) return hash;
        Span<byte> place = stackalloc byte[BodyLocation.Size];
        bodies.Write(place);
        writer.WriteRaw(place);
        return hash;
    }

    /// <summary>Reads what filters and the index look at, and leaves the rest in <see cref="RecordFields.Remaining"/>.</summary>
    /// <param name="packed">The column, in memory that does not move.</param>
    /// <param name="id">The id of the row.</param>
    /// <param name="fields">What was read.</param>
    /// <exception cref="LogStoreException">These are no bytes of ours (<see cref="StoreDamage.IsDamage"/>).</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ReadHead(ReadOnlySpan<byte> packed, long id, out RecordFields fields)
    {
        var reader = new VarintReader(packed, id);
        fields = default;
        fields.Series = (int)reader.ReadNumber(int.MaxValue);
        fields.Flags = new RecordFlags(reader.ReadNumber(long.MaxValue));
        fields.TimestampMs = reader.ReadNumber(LogRecord.MaxTimestampMs);
        fields.DurationUs = reader.ReadNumber(LogRecord.MaxDurationUs);
        fields.IngestedUs = (fields.TimestampMs * 1000) + fields.DurationUs + reader.ReadSigned();
        if (fields.IngestedUs is < 0 or > MaxIngestedUs) throw reader.Damage();
        fields.Status = (int)reader.ReadSigned();
        fields.Trace = new ColumnBytes(fields.Flags.Trace switch
        {
            TraceForm.None => default,
            TraceForm.Text => reader.ReadBytes(),
            _ => reader.ReadRaw(TraceHash.EncodedSize),
        });
        fields.Url = new ColumnBytes(reader.ReadBytes());
        fields.Remaining = new ColumnBytes(reader.Remaining);
    }

    /// <summary>Reads the rest.</summary>
    /// <exception cref="LogStoreException">These are no bytes of ours (<see cref="StoreDamage.IsDamage"/>).</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ReadRest(long id, ref RecordFields fields)
    {
        var reader = new VarintReader(fields.Remaining.Span, id);
        fields.BytesIn = (long)reader.ReadNumber() - 1;
        fields.BytesOut = (long)reader.ReadNumber() - 1;
        fields.ClientIp = new ColumnBytes(reader.ReadBytes());
        fields.UserAgent = new ColumnBytes(reader.ReadBytes());
        fields.RequestData = new ColumnBytes(reader.ReadBytes());
        fields.ResponseData = new ColumnBytes(reader.ReadBytes());
        if (fields.Flags.HasBodies) fields.Bodies = BodyLocation.Read(reader.ReadRaw(BodyLocation.Size));
        if (!reader.Remaining.IsEmpty || fields.Bodies.Bytes > Array.MaxLength) throw reader.Damage();
    }

    private static long MaxSize(string? text) => text is null ? 0 : Encoding.UTF8.GetMaxByteCount(text.Length);

    private static TraceForm EncodeTrace(LogRecord record, Span<byte> packed)
    {
        if (record.TraceUuid != default && record.TraceUuid.TryWriteBytes(packed, bigEndian: true, out _)) return TraceForm.Uuid;
        if (string.IsNullOrEmpty(record.TraceId)) return TraceForm.None;
        if (!TraceHash.TryEncode(record.TraceId, packed, out var isUuid)) return TraceForm.Text;
        return isUuid ? TraceForm.Uuid : TraceForm.Hex;
    }

    private static uint WriteTrace(LogRecord record, TraceForm form, scoped ReadOnlySpan<byte> packed, ref VarintWriter writer)
    {
        if (form == TraceForm.None) return 0;
        if (form == TraceForm.Text) return TraceHash.HashText(writer.WriteText(record.TraceId));
        writer.WriteRaw(packed);
        return TraceHash.Hash(packed);
    }
}
