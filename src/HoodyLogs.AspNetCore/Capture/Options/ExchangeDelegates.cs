using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore;

/// <summary>Decides whether a completed exchange is stored (<see cref="CaptureOptions.Keep"/>).</summary>
/// <param name="exchange">The exchange.</param>
/// <returns>True to store the exchange.</returns>
public delegate bool ExchangeFilter(CapturedExchange exchange);

/// <summary>Adds members to <c>data</c> of a response entry (<see cref="CaptureOptions.Enrich"/>).</summary>
/// <param name="context">The context of the exchange. The response has ended.</param>
/// <param name="data">Receives the members.</param>
public delegate void ExchangeEnricher(HttpContext context, ExchangeData data);
