using System.Text.Json;
using System.Text.Json.Serialization;

namespace HoodyLogs.Benchmarks.Baselines;

/// <summary>An entry that a plain handler passes to a JSON serializer.</summary>
internal sealed record PlainEntry(
    long Id, string TraceId, long TsMs, string Kind, string Level, string ProjectId, string ContainerId, string ServiceName, string Method,
    string Url, string ClientIp, int Status, [property: JsonIgnore] string RawData, string Source)
{
    public string TsIso => DateTimeOffset.FromUnixTimeMilliseconds(TsMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    public JsonElement Data => JsonElement.Parse(RawData);
}
