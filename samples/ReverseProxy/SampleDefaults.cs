using System.Security.Cryptography;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.FileProviders;

namespace ReverseProxySample;

/// <summary>What holds for the sample unless it is told otherwise, wherever it is started and in Production too.</summary>
internal static class SampleDefaults
{
    /// <summary>The key under which the admin token is found that was made because none was configured.</summary>
    public const string MadeToken = "Demo:MadeToken";

    public static void AddSampleDefaults(this WebApplicationBuilder builder)
    {
        // These come first, so that everything else, the appsettings.json of the working directory too, may change them.
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

        // A proxy passes what it is given: how large a body may be is the upstream's business.
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);

        // Hung requests are cut off after this; what is captured of them is still written.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
    }

    public static bool HasTokens(IConfiguration configuration) => configuration.GetSection("ProxyLogs:Access:Tokens").GetChildren().Any();
}
