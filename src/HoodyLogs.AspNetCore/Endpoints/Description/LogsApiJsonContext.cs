using System.Text.Json.Serialization;

namespace HoodyLogs.AspNetCore.Endpoints.Description;

/// <summary>What a host without reflection needs to describe the bodies of the logs API.</summary>
[JsonSerializable(typeof(ProxyLogPage))]
[JsonSerializable(typeof(ProxyLogOpenPage))]
[JsonSerializable(typeof(ProxyLogStats))]
[JsonSerializable(typeof(ProxyLogError))]
[JsonSerializable(typeof(ProxyLogTrailer))]
[JsonSerializable(typeof(IReadOnlyList<TunnelRequest>))]
[JsonSerializable(typeof(TunnelRequestError))]
internal sealed partial class LogsApiJsonContext : JsonSerializerContext;
