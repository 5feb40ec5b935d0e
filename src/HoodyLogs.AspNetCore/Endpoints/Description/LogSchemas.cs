using System.ComponentModel;
using System.Text.Json.Serialization;

namespace HoodyLogs.AspNetCore.Endpoints.Description;

// The bodies of the logs API as types, for what describes it. They are never made: bodies are written straight from the store's columns.

[JsonNumberHandling(JsonNumberHandling.Strict)]
internal sealed record ProxyLogPage(
    [property: JsonPropertyName("entries"), Description("The page, ascending by id unless asked otherwise.")] IReadOnlyList<ProxyLogEntry> Entries,
    [property: JsonPropertyName("total"), Description("How many entries match in the caller's scope.")] long Total,
    [property: JsonPropertyName("limit")] int Limit,
    [property: JsonPropertyName("offset")] long Offset)
{
    [JsonPropertyName("totalIsLowerBound"), Description("True where counting was stopped; else left out.")]
    public bool TotalIsLowerBound { get; init; }

    [JsonPropertyName("scannedToId"), Description("Where looking was stopped before the page was full: afterId goes on from here.")]
    public long ScannedToId { get; init; }
}

[JsonNumberHandling(JsonNumberHandling.Strict)]
internal sealed record ProxyLogEntry(
    [property: JsonPropertyName("id"), Description("Unique, strictly growing, never 0.")] long Id,
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

    [JsonPropertyName("data"), Description("bytesIn and userAgent of a request, bytesOut and durationMs of a response, and what else is known.")]
    public IReadOnlyDictionary<string, object> Data { get; init; } = new Dictionary<string, object>();

    [JsonPropertyName("requestBody"), Description("Where asked for and stored.")]
    public string RequestBody { get; init; } = "";

    [JsonPropertyName("requestBodyEncoding"), Description("base64, where the body is no text.")]
    public string RequestBodyEncoding { get; init; } = "";

    [JsonPropertyName("responseBody"), Description("Where asked for and stored.")]
    public string ResponseBody { get; init; } = "";

    [JsonPropertyName("responseBodyEncoding"), Description("base64, where the body is no text.")]
    public string ResponseBodyEncoding { get; init; } = "";

    [JsonPropertyName("bodyTruncated"), Description("Whether a body that was asked for is not the whole body.")]
    public bool BodyTruncated { get; init; }
}

[JsonNumberHandling(JsonNumberHandling.Strict)]
internal sealed record ProxyLogOpenPage(
    [property: JsonPropertyName("entries"), Description("The open exchanges, the oldest first.")] IReadOnlyList<ProxyLogOpenExchange> Entries,
    [property: JsonPropertyName("total"), Description("How many open exchanges match in the caller's scope.")] long Total);

[JsonNumberHandling(JsonNumberHandling.Strict)]
internal sealed record ProxyLogOpenExchange(
    [property: JsonPropertyName("traceId"), Description("The same as on the entries that the exchange gives at its end.")] string TraceId,
    [property: JsonPropertyName("tsMs"), Description("When the request arrived: milliseconds since 1970, UTC.")] long TsMs,
    [property: JsonPropertyName("tsIso"), Description("The same time, with three fractional digits and Z.")] DateTimeOffset TsIso,
    [property: JsonPropertyName("kind"), Description("Always request.")] string Kind,
    [property: JsonPropertyName("level"), Description("Always info: the outcome is not known.")] string Level,
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

    [JsonPropertyName("data"), Description("openMs (how long it has lasted), bytesIn so far, userAgent and protocol.")]
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
    [JsonPropertyName("cursor"), Description("Goes on after this page; null at the end.")]
    public string? Cursor { get; init; }

    [JsonPropertyName("stoppedReason"), Description("limit, timeout, error or end.")]
    public string StoppedReason { get; init; } = "";

    [JsonPropertyName("error"), Description("snapshot_expired, together with status 410; else left out.")]
    public string Error { get; init; } = "";

    [JsonPropertyName("status")]
    public int Status { get; init; }
}

[JsonNumberHandling(JsonNumberHandling.Strict)]
internal sealed record TunnelRequest(
    [property: JsonPropertyName("ingestedAt"), Description("When the entry was ingested; unique, six fractional digits.")] DateTimeOffset IngestedAt,
    [property: JsonPropertyName("startedAt")] DateTimeOffset StartedAt,
    [property: JsonPropertyName("method")] string Method,
    [property: JsonPropertyName("path")] string Path,
    [property: JsonPropertyName("statusCode")] int StatusCode,
    [property: JsonPropertyName("durationMs")] double DurationMs,
    [property: JsonPropertyName("responseBytes"), Description("Null where unknown.")] long? ResponseBytes,
    [property: JsonPropertyName("error")] bool Error,
    [property: JsonPropertyName("protocol"), Description("http or ws.")] string Protocol);

[JsonNumberHandling(JsonNumberHandling.Strict)]
internal sealed record TunnelRequestError(
    [property: JsonPropertyName("code")] string Code,
    [property: JsonPropertyName("message")] string Message)
{
    [JsonPropertyName("details"), Description("Names the parameter at fault; left out where there is none.")]
    public IReadOnlyDictionary<string, string> Details { get; init; } = new Dictionary<string, string>();
}
