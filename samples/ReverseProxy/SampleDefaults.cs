using System.Security.Cryptography;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.FileProviders;

namespace ReverseProxySample;

/// <summary>The defaults of the sample in every environment, including Production.</summary>
internal static class SampleDefaults
{
    /// <summary>The key of the admin token that the sample creates if none is configured.</summary>
    public const string MadeToken = "Demo:MadeToken";

    public static void AddSampleDefaults(this WebApplicationBuilder builder)
    {
        // These sources come first, so that all other sources can override them, including appsettings.json in the working directory.
        var sources = ((IConfigurationBuilder)builder.Configuration).Sources;
        sources.Insert(0, new MemoryConfigurationSource { InitialData = [new("Urls", "http://127.0.0.1:5080")] });
        sources.Insert(1, new JsonConfigurationSource
        {
            Path = "appsettings.json",
            FileProvider = new PhysicalFileProvider(AppContext.BaseDirectory),
        });

        if (!builder.Environment.IsDevelopment() && !HasTokens(builder.Configuration))
        {
            var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
            builder.Configuration.AddInMemoryCollection(
            [
                new("ProxyLogs:Access:Tokens:0:Token", token), new("ProxyLogs:Access:Tokens:0:Admin", "true"), new(MadeToken, token),
            ]);
        }

        // A proxy forwards what it receives. The upstream limits the size of bodies.
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);

        // Hung requests are aborted after this time. Their captured data is still stored.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
    }

    public static bool HasTokens(IConfiguration configuration) => configuration.GetSection("ProxyLogs:Access:Tokens").GetChildren().Any();
}
