using System.Text.Json.Serialization;

namespace HoodyLogs.AspNetCore.Endpoints.Description;

/// <summary>The JSON metadata of the bodies, for OpenAPI in hosts without reflection.</summary>
[JsonSerializable(typeof(ProxyLogPage))]
[JsonSerializable(typeof(ProxyLogOpenPage))]
[JsonSerializable(typeof(ProxyLogStats))]
[JsonSerializable(typeof(ProxyLogError))]
[JsonSerializable(typeof(ProxyLogTrailer))]
[JsonSerializable(typeof(IReadOnlyList<TunnelRequest>))]
[JsonSerializable(typeof(TunnelRequestError))]
internal sealed partial class LogsApiJsonContext : JsonSerializerContext;
