using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.Yarp.Tests;

/// <summary>A server that YARP forwards to.</summary>
internal sealed class Upstream : IAsyncDisposable
{
    /// <summary>An address where nothing listens.</summary>
    public static readonly Uri Refusing = new("http://127.0.0.1:1");

    private readonly WebApplication _app;

    private Upstream(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    /// <summary>Starts a server that answers with 200 and its name.</summary>
    public static Task<Upstream> StartAsync(string name = "upstream") => StartAsync(context => context.Response.WriteAsync(name));

    /// <summary>Starts a server, over TLS and HTTP/1.1 if it has a certificate.</summary>
    public static async Task<Upstream> StartAsync(RequestDelegate answer, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(answer);
        await app.StartAsync();
        return new Upstream(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }
}
