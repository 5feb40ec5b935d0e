using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore;

/// <summary>Decides whether an exchange is kept, once its outcome is known (<see cref="CaptureOptions.Keep"/>).</summary>
/// <param name="exchange">The exchange.</param>
public delegate bool ExchangeFilter(CapturedExchange exchange);

/// <summary>Adds what the host knows to <c>data</c> of the response entry (<see cref="CaptureOptions.Enrich"/>).</summary>
/// <param name="context">The exchange, whose response has ended.</param>
/// <param name="data">Takes the members.</param>
public delegate void ExchangeEnricher(HttpContext context, ExchangeData data);
