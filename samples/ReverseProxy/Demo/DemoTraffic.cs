using System.Text;

namespace ReverseProxySample.Demo;

/// <summary>Sends some varied requests through the proxy: one round at the start, then a request every few seconds.</summary>
internal sealed class DemoTraffic(IHostApplicationLifetime lifetime, IServiceProvider services) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    // These host names belong to two projects. The id of the second container is a UUID, so it is also a tunnel.
    private static readonly string[] Hosts =
    [
        "acme-web1-shop-1.localhost", "acme-550e8400-e29b-41d4-a716-446655440000-api-1.localhost", "globex-worker7-billing-2.localhost",
    ];

    private static readonly (string Method, string Path)[] Requests =
    [
        ("GET", "/v1/users"), ("POST", "/v1/users"), ("GET", "/v1/orders/7?expand=lines"), ("GET", "/v1/orders/4711"),
        ("PUT", "/echo"), ("GET", "/bytes/2048"), ("GET", "/slow/40"), ("GET", "/status/503"), ("DELETE", "/status/204"),
        ("GET", "/status/429"), ("GET", "/v1/users?token=a-secret-that-is-redacted"),
    ];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // If the host cannot start, for example because its port is in use, it reports that itself.
        if (!await IsServingAsync(stoppingToken)) return;
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address() };
        for (var number = 0; !stoppingToken.IsCancellationRequested; number++)
        {
            await SendAsync(client, number, stoppingToken);
            if (number >= Requests.Length) await Task.Delay(Pause, TimeProvider.System, stoppingToken);
        }
    }

    private static async Task SendAsync(HttpClient client, int number, CancellationToken cancellationToken)
    {
        var (method, path) = Requests[number % Requests.Length];
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Host = Hosts[number % Hosts.Length];
        request.Headers.UserAgent.ParseAdd("demo-traffic/1.0");
        if (method is "POST" or "PUT") request.Content = new StringContent("""{"name":"Edsger"}""", Encoding.UTF8, "application/json");
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException)
        {
            // The traffic is only a demonstration. The log of the proxy shows what failed.
        }
    }

    private Uri Address()
    {
        var server = services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>();
        var addresses = server.Features.Get<Microsoft.AspNetCore.Hosting.Server.Features.IServerAddressesFeature>()!;
        return new Uri(Welcome.LocalAddress(addresses.Addresses.First()));
    }

    private async Task<bool> IsServingAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return started.Task.IsCompletedSuccessfully;
    }
}
