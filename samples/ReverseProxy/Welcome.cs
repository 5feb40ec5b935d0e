namespace ReverseProxySample;

/// <summary>Prints the commands that show the logs. It prints a token only if the sample has created it.</summary>
internal static class Welcome
{
    public static void Print(WebApplication app)
    {
        var proxy = LocalAddress(app.Urls.First());
        var logs = $"{proxy}/api/proxy-logs/_logs";
        var token = app.Configuration[SampleDefaults.MadeToken];
        if (token is not null) Console.WriteLine($"No token is configured. The admin token of this run is {token}");

        var isTokenNeeded = token is not null || SampleDefaults.HasTokens(app.Configuration);
        var header = isTokenNeeded ? $" -H \"X-Logs-Token: {token ?? "$TOKEN"}\"" : "";
        Console.WriteLine($"""
            Send requests through the proxy, for example to {proxy}/v1/users. They appear in the project "demo".
            List the entries, show statistics, follow new entries:
              curl{header} "{logs}?last=10"
              curl{header} "{logs}/stats"
              curl{header} -N "{logs}/stream"
            """);
    }

    /// <summary>Returns the first listening address as a client on this machine reaches it.</summary>
    public static string LocalAddress(string address)
    {
        var url = BindingAddress.Parse(address);
        var host = url.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "127.0.0.1" : url.Host;
        return $"{url.Scheme}://{host}:{url.Port}";
    }
}
