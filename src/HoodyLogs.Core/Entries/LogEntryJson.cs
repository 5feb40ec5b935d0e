using System.Buffers;
using System.Text.Json;
using HoodyLogs.Entries;

namespace HoodyLogs;

/// <summary>Writes entries as JSON, with the documented fields in the documented order. Fields without a value are omitted.</summary>
public static class LogEntryJson
{
    /// <summary>Writes one entry as a JSON object on one line.</summary>
    /// <param name="writer">The output.</param>
    /// <param name="entry">The entry.</param>
    public static void Write(IBufferWriter<byte> writer, in LogEntryView entry)
    {
        var json = new Utf8JsonFragmentWriter(writer);
        json.Raw("{\"id\":"u8);
        json.Number(entry.Id);
        Text(ref json, ",\"traceId\":\""u8, entry.TraceId);
        AfterTraceId(ref json, entry);
        json.Complete();
    }

    /// <summary>Writes an entry that is not stored and therefore has no id. It must have a trace id.</summary>
    internal static void WriteWithoutId(IBufferWriter<byte> writer, in LogEntryView entry)
    {
        var json = new Utf8JsonFragmentWriter(writer);
        Text(ref json, "{\"traceId\":\""u8, entry.TraceId);
        AfterTraceId(ref json, entry);
        json.Complete();
    }

    private static void AfterTraceId(ref Utf8JsonFragmentWriter json, in LogEntryView entry)
    {
        json.Raw(",\"tsMs\":"u8);
        json.Number(entry.EntryTimeMs);
        json.Raw(",\"tsIso\":\""u8);
        json.Time(entry.EntryTimeMs * 1000, 3);
        json.Raw(SeriesJson.Of(entry.Series, entry.Part));
        if (entry.UncommonMethod is { IsEmpty: false } method)
        {
            json.Raw(",\"method\":\""u8);
            json.Raw(method);
            json.Raw("\""u8);
        }

        Text(ref json, ",\"url\":\""u8, entry.Url);
        Text(ref json, ",\"clientIp\":\""u8, entry.ClientIp);
        if (entry.Status > 0)
        {
            json.Raw(",\"status\":"u8);
            json.Number(entry.Status);
        }

        Data(ref json, ",\"data\":"u8, entry);
        json.Raw(entry.Series.Key.Source == EntrySource.Edge ? ",\"source\":\"edge\""u8 : ",\"source\":\"backend\""u8);
        if (entry.HasRequestBody) Body(ref json, "request"u8, entry.RequestBody);
        if (entry.HasResponseBody) Body(ref json, "response"u8, entry.ResponseBody);
        if (BodyTruncated(entry) is { } truncated) json.Raw(truncated ? ",\"bodyTruncated\":true"u8 : ",\"bodyTruncated\":false"u8);
        json.Raw("}"u8);
    }

    /// <summary>Returns whether an included body is incomplete, or null if no body is included or captured.</summary>
    /// <param name="entry">The entry.</param>
    public static bool? BodyTruncated(in LogEntryView entry)
    {
        var request = entry.IncludesRequestBody ? entry.RequestBodyState : BodyState.NotCaptured;
        var response = entry.IncludesResponseBody ? entry.ResponseBodyState : BodyState.NotCaptured;
        if (request == BodyState.NotCaptured && response == BodyState.NotCaptured) return null;
        return !IsWhole(request) || !IsWhole(response);
    }

    /// <summary>Returns <c>data</c> as an element of its own. The kind is Undefined if there is no data.</summary>
    /// <param name="entry">The entry.</param>
    internal static JsonElement DataOf(in LogEntryView entry)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        var json = new Utf8JsonFragmentWriter(buffer);
        Data(ref json, default, entry);
        json.Complete();
        if (buffer.WrittenCount == 0) return default;
        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    private static bool IsWhole(BodyState state) => state is BodyState.NotCaptured or BodyState.Full or BodyState.Empty;

    private static void Data(ref Utf8JsonFragmentWriter json, ReadOnlySpan<byte> name, in LogEntryView entry)
    {
        var kind = entry.Kind;
        if (kind == EntryKind.Event && entry.Data.IsEmpty) return;
        json.Raw(name);
        var separator = "{"u8;
        if (kind == EntryKind.Request)
        {
            Member(ref json, ref separator, "\"bytesIn\":"u8, entry.BytesIn);
            if (!entry.UserAgent.IsEmpty)
            {
                json.Raw(separator);
                json.Raw("\"userAgent\":\""u8);
                json.Escaped(entry.UserAgent);
                json.Raw("\""u8);
                separator = ","u8;
            }
        }
        else if (kind == EntryKind.Response)
        {
            Member(ref json, ref separator, "\"bytesOut\":"u8, entry.BytesOut);
            json.Raw(separator);
            json.Raw("\"durationMs\":"u8);
            json.Milliseconds(entry.DurationUs);
            separator = ","u8;
        }

        if (!entry.Data.IsEmpty)
        {
            json.Raw(separator);
            json.Raw(entry.Data);
            separator = ","u8;
        }

        State(ref json, ref separator, "\"requestBodyState\":\""u8, entry.RequestBodyState);
        State(ref json, ref separator, "\"responseBodyState\":\""u8, entry.ResponseBodyState);
        if (separator[0] == (byte)'{') json.Raw("{"u8);
        json.Raw("}"u8);
    }

    private static void Member(ref Utf8JsonFragmentWriter json, ref ReadOnlySpan<byte> separator, ReadOnlySpan<byte> name, long value)
    {
        if (value < 0) return;
        json.Raw(separator);
        json.Raw(name);
        json.Number(value);
        separator = ","u8;
    }

    private static void State(ref Utf8JsonFragmentWriter json, ref ReadOnlySpan<byte> separator, ReadOnlySpan<byte> name, BodyState state)
    {
        if (state == BodyState.NotCaptured) return;
        json.Raw(separator);
        json.Raw(name);
        json.Raw(EntryNames.Of(state));
        json.Raw("\""u8);
        separator = ","u8;
    }

    private static void Text(ref Utf8JsonFragmentWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return;
        json.Raw(name);
        json.Escaped(value);
        json.Raw("\""u8);
    }

    private static void Body(ref Utf8JsonFragmentWriter json, ReadOnlySpan<byte> part, in BodyView body)
    {
        json.Raw(",\""u8);
        json.Raw(part);
        json.Raw("Body\":\""u8);
        if (body.IsText) json.Escaped(body.Content);
        else json.Base64(body.Content);
        json.Raw("\""u8);
        if (body.IsText) return;
        json.Raw(",\""u8);
        json.Raw(part);
        json.Raw("BodyEncoding\":\"base64\""u8);
    }
}
