using System.ComponentModel;
using System.Text.Json.Serialization;

namespace HoodyLogs.AspNetCore.Endpoints.Description;

// The bodies of the logs API as types, for OpenAPI only. No instance is created, because the endpoints write JSON directly.

[JsonNumberHandling(JsonNumberHandling.Strict)]
internal sealed record ProxyLogPage(
    [property: JsonPropertyName("entries"), Description("The entries of the page. Default order: ascending by id.")] IReadOnlyList<ProxyLogEntry> Entries,
    [property: JsonPropertyName("total"), Description("The number of matching entries in the caller's scope.")] long Total,
    [property: JsonPropertyName("limit")] int Limit,
    [property: JsonPropertyName("offset")] long Offset)
{
    [JsonPropertyName("totalIsLowerBound"), Description("True if counting stopped early; otherwise left out.")]
    public bool TotalIsLowerBound { get; init; }

    [JsonPropertyName("scannedToId"), Description("The id at which the read stopped before the page was full. Continue with afterId. Otherwise left out.")]
    public long ScannedToId { get; init; }
}

[JsonNumberHandling(JsonNumberHandling.Strict)]
internal sealed record ProxyLogEntry(
    [property: JsonPropertyName("id"), Description("Unique, strictly increasing and never 0.")] long Id,
    [property: JsonPropertyName("tsMs"), Description("Milliseconds since 1970, UTC.")] long TsMs,
    [property: JsonPropertyName("tsIso"), Description("The same time, with three fractional digits and Z.")] DateTimeOffset TsIso,
    [property: JsonPropertyName("kind"), Description("request, response or event.")] string Kind,
    [property: JsonPropertyName("level"), Description("debug, info, warn or error.")] string Level,
    [property: JsonPropertyName("source"), Description("backend or edge.")] string Source)
{
    [JsonPropertyName("traceId"), Description("The same on both entries of an exchange.")]
    public string TraceId { get; init; } = "";

    [JsonPropertyName("projectId")]
    public string ProjectId { get; init; } = "";

    [JsonPropertyName("containerId")]
    public string ContainerId { get; init; } = "";

    [JsonPropertyName("serviceName")]
    public string ServiceName { get; init; } = "";

    [JsonPropertyName("method")]
    public string Method { get; init; } = "";

    [JsonPropertyName("url")]
    public string Url { get; init; } = "";

    [JsonPropertyName("clientIp")]
    public string ClientIp { get; init; } = "";

    [JsonPropertyName("status")]
    public int Status { get; init; }

    [JsonPropertyName("data"), Description("bytesIn and userAgent of a request, bytesOut and durationMs of a response, and other known values.")]
    public IReadOnlyDictionary<string, object> Data { get; init; } = new Dictionary<string, object>();

    [JsonPropertyName("requestBody"), Description("Present if it was requested and stored.")]
    public string RequestBody { get; init; } = "";

    [JsonPropertyName("requestBodyEncoding"), Description("base64 if the body is not text; otherwise left out.")]
    public string RequestBodyEncoding { get; init; } = "";

    [JsonPropertyName("responseBody"), Description("Present if it was requested and stored.")]
    public string ResponseBody { get; init; } = "";

    [JsonPropertyName("responseBodyEncoding"), Description("base64 if the body is not text; otherwise left out.")]
    public string ResponseBodyEncoding { get; init; } = "";

    [JsonPropertyName("bodyTruncated"), Description("Whether a requested body is incomplete.")]
    public bool BodyTruncated { get; init; }
}

[JsonNumberHandling(JsonNumberHandling.Strict)]
internal sealed record ProxyLogOpenPage(
    [property: JsonPropertyName("entries"), Description("The exchanges in progress, oldest first.")] IReadOnlyList<ProxyLogOpenExchange> Entries,
    [property: JsonPropertyName("total"), Description("The number of matching exchanges in the caller's scope.")] long Total);

[JsonNumberHandling(JsonNumberHandling.Strict)]
internal sealed record ProxyLogOpenExchange(
    [property: JsonPropertyName("traceId"), Description("The same as on the entries of the exchange after its end.")] string TraceId,
    [property: JsonPropertyName("tsMs"), Description("The time of arrival, in milliseconds since 1970, UTC.")] long TsMs,
    [property: JsonPropertyName("tsIso"), Description("The same time, with three fractional digits and Z.")] DateTimeOffset TsIso,
    [property: JsonPropertyName("kind"), Description("Always request.")] string Kind,
    [property: JsonPropertyName("level"), Description("Always info, because the outcome is unknown.")] string Level,
    [property: JsonPropertyName("source"), Description("backend or edge.")] string Source)
{
    [JsonPropertyName("projectId")]
    public string ProjectId { get; init; } = "";

    [JsonPropertyName("containerId")]
    public string ContainerId { get; init; } = "";

    [JsonPropertyName("serviceName")]
    public string ServiceName { get; init; } = "";

    [JsonPropertyName("method")]
    public string Method { get; init; } = "";

    [JsonPropertyName("url")]
    public string Url { get; init; } = "";

    [JsonPropertyName("clientIp")]
    public string ClientIp { get; init; } = "";

    [JsonPropertyName("data"), Description("openMs (the duration so far), bytesIn so far, userAgent and protocol.")]
    public IReadOnlyDictionary<string, object> Data { get; init; } = new Dictionary<string, object>();
}

[JsonNumberHandling(JsonNumberHandling.Strict)]
internal sealed record ProxyLogStats(
    [property: JsonPropertyName("total")] long Total,
    [property: JsonPropertyName("byLevel"), Description("Always all four levels.")] IReadOnlyDictionary<string, long> ByLevel,
    [property: JsonPropertyName("byProject")] IReadOnlyDictionary<string, long> ByProject,
    [property: JsonPropertyName("byContainer")] IReadOnlyDictionary<string, long> ByContainer,
    [property: JsonPropertyName("byService")] IReadOnlyDictionary<string, long> ByService);

[JsonNumberHandling(JsonNumberHandling.Strict)]
internal sealed record ProxyLogError(
    [property: JsonPropertyName("statusCode")] int StatusCode,
    [property: JsonPropertyName("error"), Description("The reason phrase.")] string Error,
    [property: JsonPropertyName("message")] string Message);

[JsonNumberHandling(JsonNumberHandling.Strict)]
internal sealed record ProxyLogTrailer(
    [property: JsonPropertyName("__trailer"), Description("Always true.")] bool IsTrailer)
{
    [JsonPropertyName("cursor"), Description("The cursor of the next page; null at the end.")]
    public string? Cursor { get; init; }

    [JsonPropertyName("stoppedReason"), Description("limit, timeout, error or end.")]
    public string StoppedReason { get; init; } = "";

    [JsonPropertyName("error"), Description("snapshot_expired, together with status 410; otherwise left out.")]
    public string Error { get; init; } = "";

    [JsonPropertyName("status")]
    public int Status { get; init; }
}

[JsonNumberHandling(JsonNumberHandling.Strict)]
internal sealed record TunnelRequest(
    [property: JsonPropertyName("ingestedAt"), Description("The time when the entry was ingested. Unique, with six fractional digits.")] DateTimeOffset IngestedAt,
    [property: JsonPropertyName("startedAt")] DateTimeOffset StartedAt,
    [property: JsonPropertyName("method")] string Method,
    [property: JsonPropertyName("path")] string Path,
    [property: JsonPropertyName("statusCode")] int StatusCode,
    [property: JsonPropertyName("durationMs")] double DurationMs,
    [property: JsonPropertyName("responseBytes"), Description("Null if unknown.")] long? ResponseBytes,
    [property: JsonPropertyName("error")] bool Error,
    [property: JsonPropertyName("protocol"), Description("http or ws.")] string Protocol);

[JsonNumberHandling(JsonNumberHandling.Strict)]
internal sealed record TunnelRequestError(
    [property: JsonPropertyName("code")] string Code,
    [property: JsonPropertyName("message")] string Message)
{
    [JsonPropertyName("details"), Description("The invalid parameter; left out if there is none.")]
    public IReadOnlyDictionary<string, string> Details { get; init; } = new Dictionary<string, string>();
}
