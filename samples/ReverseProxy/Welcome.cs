namespace ReverseProxySample;

/// <summary>Prints how to look at the logs. A token is printed only where the sample made it itself.</summary>
internal static class Welcome
{
    public static void Print(WebApplication app)
    {
        var logs = $"{LocalAddress(app.Urls.First())}/api/proxy-logs/_logs";
        var token = app.Configuration[SampleDefaults.MadeToken];
        if (token is not null) Console.WriteLine($"No token is configured; an admin token for this run: {token}");

        var isTokenNeeded = token is not null || SampleDefaults.HasTokens(app.Configuration);
        var header = isTokenNeeded ? $" -H \"X-Logs-Token: {token ?? "$TOKEN"}\"" : "";
        Console.WriteLine($"""
            Look at the logs (list, statistics, live tail):
              curl{header} "{logs}?last=10"
              curl{header} "{logs}/stats"
              curl{header} -N "{logs}/stream"
            """);
    }

    /// <summary>Where a client on this machine reaches the first address that is listened on.</summary>
    public static string LocalAddress(string address)
    {
        var url = BindingAddress.Parse(address);
        var host = url.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "127.0.0.1" : url.Host;
        return $"{url.Scheme}://{host}:{url.Port}";
    }
}
