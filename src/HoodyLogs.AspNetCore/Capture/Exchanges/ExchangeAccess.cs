using System.Net;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>Reads an exchange on any thread. The exchange does not end while its context is used, because the context could then serve another request.</summary>
internal static class ExchangeAccess
{
    /// <summary>Returns the scope as far as it is known; unknown after the exchange has ended.</summary>
    public static ExchangeScope ScopeOf(Exchange exchange)
    {
        if (!exchange.TryEnterContext()) return default;
        try
        {
            return exchange.ResolveScope();
        }
        finally
        {
            exchange.ExitContext();
        }
    }

    /// <summary>Returns the client address that the application sees; null after the exchange has ended.</summary>
    public static IPAddress? ClientAddressOf(Exchange exchange)
    {
        if (!exchange.TryEnterContext()) return null;
        try
        {
            return exchange.Context.Connection.RemoteIpAddress;
        }
        finally
        {
            exchange.ExitContext();
        }
    }
}
