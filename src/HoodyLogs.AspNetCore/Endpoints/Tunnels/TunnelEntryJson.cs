using System.Buffers;
using HoodyLogs.Entries;

namespace HoodyLogs.AspNetCore.Endpoints.Tunnels;

/// <summary>Writes a request of a tunnel as JSON, with the documented fields in the documented order.</summary>
internal static class TunnelEntryJson
{
    public static void Write(IBufferWriter<byte> writer, in LogEntryView entry)
    {
        var json = new Utf8JsonFragmentWriter(writer);
        json.Raw("{\"ingestedAt\":\""u8);
        json.Time(entry.IngestedAtUs, 6);
        json.Raw("\",\"startedAt\":\""u8);
        json.Time(entry.TimestampMs * 1000, 3);
        json.Raw("\",\"method\":\""u8);
        if (entry.Series.Key.Method is { } method) json.Escaped(method);
        else json.Raw(entry.UncommonMethod);
        json.Raw("\",\"path\":\""u8);
        json.Escaped(GetPath(entry.Url));
        json.Raw("\",\"statusCode\":"u8);
        json.Number(entry.Status);
        json.Raw(",\"durationMs\":"u8);
        json.Milliseconds(entry.DurationUs);
        json.Raw(",\"responseBytes\":"u8);
        if (entry.BytesOut < 0) json.Raw("null"u8);
        else json.Number(entry.BytesOut);
        json.Raw(entry.Series.Key.Level == EntryLevel.Error ? ",\"error\":true"u8 : ",\"error\":false"u8);

        // Capture writes the protocol of an upgraded exchange as the first member of its data.
        json.Raw(entry.Data.StartsWith("\"protocol\":\"ws\""u8) ? ",\"protocol\":\"ws\"}"u8 : ",\"protocol\":\"http\"}"u8);
        json.Complete();
    }

    private static ReadOnlySpan<byte> GetPath(ReadOnlySpan<byte> url)
    {
        var end = url.IndexOfAny("?#"u8);
        return end < 0 ? url : url[..end];
    }
}
