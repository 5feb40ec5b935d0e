using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Serilog;

namespace HoodyLogs.AspNetCore.Tests.Hosting.Recipes;

/// <summary>
/// The blocks of docs/hosting.md that are whole pipelines: the part of a Program.cs between <c>CreateBuilder</c> and <c>Run</c>.
/// <see cref="DocumentationTests"/> compares the text between the tags with the document.
/// </summary>
internal static class HostRecipes
{
    public static WebApplication Order(WebApplicationBuilder builder)
    {
        // <order>
        builder.Services.AddProxyLogs();
        builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));
        builder.Services.Configure<ForwardedHeadersOptions>(options => options.ForwardedHeaders = ForwardedHeaders.XForwardedFor);

        var app = builder.Build();
        app.UseForwardedHeaders();   // before: entries show the address of the client, not of the proxy in front
        app.UseProxyLogs();          // captures everything below
        app.UseExceptionHandler("/error");
        app.UseRouting();            // after: endpoints that short-circuit are captured
        app.UseAuthorization();      // after: refused requests are captured
        app.MapGet("/error", () => Results.Problem());
        app.MapReverseProxy();
        app.MapProxyLogs();
        // </order>
        return app;
    }

    public static WebApplication OutputCache(WebApplicationBuilder builder)
    {
        // <output-cache>
        builder.Services.AddProxyLogs();
        builder.Services.AddOutputCache(options => options.AddBasePolicy(policy => policy.Cache()));

        var app = builder.Build();
        app.UseProxyLogs();          // before: answers from the cache are captured too
        app.UseOutputCache();
        app.MapGet("/hello", () => "Hello");
        app.MapProxyLogs();          // never cached
        // </output-cache>
        return app;
    }

    public static WebApplication Timeouts(WebApplicationBuilder builder)
    {
        // <timeouts>
        builder.Services.AddProxyLogs();
        builder.Services.AddRequestTimeouts(options => options.DefaultPolicy = new RequestTimeoutPolicy { Timeout = TimeSpan.FromSeconds(30) });

        var app = builder.Build();
        app.UseProxyLogs();          // before: a timeout is captured as a 504
        app.UseRequestTimeouts();
        app.MapGet("/hello", () => "Hello");
        app.MapProxyLogs();          // live tails have no timeout
        // </timeouts>
        return app;
    }

    public static WebApplication Authorization(WebApplicationBuilder builder)
    {
        // <authorization>
        builder.Services.AddProxyLogs();
        builder.Services.AddAuthentication().AddBearerToken();
        builder.Services.AddAuthorization(options => options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());

        var app = builder.Build();
        app.UseProxyLogs();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/hello", () => "Hello");
        app.MapProxyLogs();          // callers with a log token pass the fallback policy
        // </authorization>
        return app;
    }

    public static WebApplication RequiredAuthorization(WebApplicationBuilder builder)
    {
        // <required-authorization>
        builder.Services.AddProxyLogs();
        builder.Services.AddAuthentication().AddBearerToken();
        builder.Services.AddAuthorization();

        var app = builder.Build();
        app.UseProxyLogs();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapProxyLogs().RequireAuthorization();   // the host's policy, then the rules of the library
        // </required-authorization>
        return app;
    }

    public static WebApplication Cors(WebApplicationBuilder builder)
    {
        // <cors>
        builder.Services.AddProxyLogs();
        builder.Services.AddCors(options => options.AddPolicy("logs", policy => policy
            .WithOrigins("https://console.example.com")
            .WithHeaders("Authorization", "X-Logs-Token", "Last-Event-ID")
            .WithMethods("GET")));

        var app = builder.Build();
        app.UseProxyLogs();
        app.UseCors();
        app.MapProxyLogs().RequireCors("logs");
        // </cors>
        return app;
    }

    public static WebApplication Compression(WebApplicationBuilder builder)
    {
        // <compression>
        builder.Services.AddProxyLogs(options => options.Capture.CaptureResponseBody = true);
        builder.Services.AddResponseCompression();

        var app = builder.Build();
        app.UseProxyLogs();          // before: bytesOut counts compressed bytes; bodies are decompressed before they are stored
        app.UseResponseCompression();
        app.MapGet("/hello", () => Results.Json(new { greeting = "Hello" }));
        app.MapProxyLogs();
        // </compression>
        return app;
    }

    public static WebApplication SerilogProvider(WebApplicationBuilder builder)
    {
        // <serilog>
        builder.Services.AddProxyLogs();
        builder.Logging.AddProxyLogs();
        builder.Host.UseSerilog(
            (context, services, logger) => logger.ReadFrom.Configuration(context.Configuration).WriteTo.Console(formatProvider: null),
            writeToProviders: true);   // without it, Serilog replaces all other providers and no event is stored

        var app = builder.Build();
        app.UseProxyLogs();
        app.MapGet("/hello", (ILogger<WebApplication> logger) => logger.LogWarning("Somebody said hello"));
        app.MapProxyLogs();
        // </serilog>
        return app;
    }

    public static WebApplication OpenApi(WebApplicationBuilder builder)
    {
        // <openapi>
        builder.Services.AddProxyLogs();
        builder.Services.AddOpenApi();

        var app = builder.Build();
        app.UseProxyLogs();
        app.MapOpenApi();
        app.MapProxyLogs();
        // </openapi>
        return app;
    }

    public static WebApplication Backup(WebApplicationBuilder builder)
    {
        // <backup>
        builder.Services.AddProxyLogs();

        var app = builder.Build();
        app.UseProxyLogs();
        app.MapProxyLogs();
        app.MapPost("/admin/backup", async (ILogBackup logs, TimeProvider time, IConfiguration configuration, CancellationToken cancellation) =>
        {
            var folder = Path.Combine(configuration["BackupFolder"]!, $"{time.GetUtcNow():yyyyMMdd-HHmmss}");
            await logs.BackupAsync(folder, cancellation);   // a new folder; it appears when the copy is complete
            return Results.Ok(folder);
        }).RequireHost("localhost");   // protect it as you protect other administrative endpoints
        // </backup>
        return app;
    }
}
