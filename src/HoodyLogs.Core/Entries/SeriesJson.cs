using System.Buffers;

namespace HoodyLogs.Entries;

/// <summary>Creates the JSON from the end of <c>tsIso</c> to <c>method</c>. It is the same for all entries of a series, so it is created once.</summary>
internal static class SeriesJson
{
    public static ReadOnlySpan<byte> Of(LogSeries series, RecordParts part) =>
        part == RecordParts.Second ? series.SecondPartJson ??= Make(series, part) : series.FirstPartJson ??= Make(series, part);

    private static byte[] Make(LogSeries series, RecordParts part)
    {
        var key = series.Key;
        var buffer = new ArrayBufferWriter<byte>(192);
        var json = new Utf8JsonFragmentWriter(buffer);
        json.Raw("\",\"kind\":\""u8);
        json.Raw(EntryNames.Of(series.KindOf(part)));
        json.Raw("\",\"level\":\""u8);
        json.Raw(EntryNames.Of(key.Level));
        json.Raw("\""u8);
        Member(ref json, "projectId"u8, key.ProjectId);
        Member(ref json, "containerId"u8, key.ContainerId);
        Member(ref json, "serviceName"u8, key.ServiceName);
        Member(ref json, "method"u8, key.Method);
        json.Complete();
        return buffer.WrittenSpan.ToArray();
    }

    private static void Member(ref Utf8JsonFragmentWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (string.IsNullOrEmpty(value)) return;
        json.Raw(",\""u8);
        json.Raw(name);
        json.Raw("\":\""u8);
        json.Escaped(value);
        json.Raw("\""u8);
    }
}
