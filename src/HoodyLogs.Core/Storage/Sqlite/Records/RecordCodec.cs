using System.Runtime.CompilerServices;
using System.Text;
using HoodyLogs.Storage.Bodies;
using HoodyLogs.Storage.Sqlite.Diagnostics;

namespace HoodyLogs.Storage.Sqlite.Records;

/// <summary>
/// Encodes the column <c>data</c> of <c>records</c>. A record is one blob, because each additional column would cost about as much as the whole
/// encoding. The fields follow each other in this order, in the encoding of <see cref="VarintWriter"/>:
/// <code>
/// series          number
/// flags           number, see RecordFlags
/// ts_ms           number
/// duration_us     number
/// lag_us          signed: time from the end of the record (timestamp plus duration) to its ingestion
/// status          signed
/// trace           according to the form in the flags: nothing, 16 bytes, or a text
/// url             text
/// bytes_in        number: the value plus 1, or 0 if unknown
/// bytes_out       number: the value plus 1, or 0 if unknown
/// client_ip       text
/// user_agent      text
/// request_data    text
/// response_data   text; for an event, the data that admins read instead of request_data
/// bodies          20 bytes, see BodyLocation; only if the flags say that there is a body
/// </code>
/// A missing text is empty. The fields that filters use come first, so that the other fields are decoded only for returned entries.
/// </summary>
internal static class RecordCodec
{
    private const int NumberCount = 14; // includes the lengths of texts
    private const int MaxSizeWithoutTexts = (NumberCount * VarintWriter.MaxNumberSize) + TraceHash.EncodedSize + BodyLocation.Size;
    private const long MaxIngestedUs = 253_402_300_799_999_999; // the last microsecond of the year 9999

    /// <summary>Returns the maximum size of an encoded record in bytes.</summary>
    public static long MaxSize(LogRecord record) =>
        MaxSizeWithoutTexts + MaxSize(record.TraceUuid == default ? record.TraceId : null) + MaxSize(record.Url) + MaxSize(record.ClientIp)
        + MaxSize(record.UserAgent) + (record.RequestData?.Length ?? 0) + (record.ResponseData?.Length ?? 0);

    /// <summary>Encodes a record that has an id.</summary>
    /// <param name="record">The record.</param>
    /// <param name="bodies">The location of its bodies. Ignored if it has none.</param>
    /// <param name="writer">The writer. It must have room for <see cref="MaxSize(LogRecord)"/> bytes.</param>
    /// <returns>The hash of the trace id. 0 if there is none.</returns>
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
        Span<byte> location = stackalloc byte[BodyLocation.Size];
        bodies.Write(location);
        writer.WriteRaw(location);
        return hash;
    }

    /// <summary>Decodes the fields that filters and the index need. <see cref="RecordFields.Remaining"/> keeps the bytes of the other fields.</summary>
    /// <param name="encoded">The column, in memory that does not move.</param>
    /// <param name="id">The id of the row.</param>
    /// <param name="fields">The decoded fields.</param>
    /// <exception cref="LogStoreException">The row is damaged (<see cref="StoreDamage.IsDamage"/>).</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ReadHead(ReadOnlySpan<byte> encoded, long id, out RecordFields fields)
    {
        var reader = new VarintReader(encoded, id);
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

    /// <summary>Decodes the remaining fields.</summary>
    /// <exception cref="LogStoreException">The row is damaged (<see cref="StoreDamage.IsDamage"/>).</exception>
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

    private static TraceForm EncodeTrace(LogRecord record, Span<byte> encoded)
    {
        if (record.TraceUuid != default && record.TraceUuid.TryWriteBytes(encoded, bigEndian: true, out _)) return TraceForm.Uuid;
        if (string.IsNullOrEmpty(record.TraceId)) return TraceForm.None;
        if (!TraceHash.TryEncode(record.TraceId, encoded, out var isUuid)) return TraceForm.Text;
        return isUuid ? TraceForm.Uuid : TraceForm.Hex;
    }

    private static uint WriteTrace(LogRecord record, TraceForm form, scoped ReadOnlySpan<byte> encoded, ref VarintWriter writer)
    {
        if (form == TraceForm.None) return 0;
        if (form == TraceForm.Text) return TraceHash.HashText(writer.WriteText(record.TraceId));
        writer.WriteRaw(encoded);
        return TraceHash.Hash(encoded);
    }
}
