using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace HoodyLogs.AspNetCore.Tests.Hosting.Recipes;

/// <summary>The blocks of docs/yarp.md. <see cref="DocumentationTests"/> compares the text between the tags with the document.</summary>
internal static class YarpRecipes
{
    public static WebApplication Add(WebApplicationBuilder builder)
    {
        // <add-yarp>
        builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));
        builder.Services.AddProxyLogs().AddYarp();

        var app = builder.Build();
        app.UseProxyLogs();
        app.MapReverseProxy();
        app.MapProxyLogs();
        // </add-yarp>
        return app;
    }

    public static WebApplication Options(WebApplicationBuilder builder)
    {
        // <yarp-options>
        builder.Services.AddProxyLogs().AddYarp(yarp =>
        {
            yarp.ProjectIdKey = "Tenant";
            yarp.ServiceNameFromCluster = false;
        });
        // </yarp-options>
        return Add(builder);
    }
}
