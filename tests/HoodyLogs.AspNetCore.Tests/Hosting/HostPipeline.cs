using Microsoft.AspNetCore.Builder;

namespace HoodyLogs.AspNetCore.Tests.Hosting;

/// <summary>The place of a middleware of the host.</summary>
public enum Place
{
    BeforeRouting,
    AfterRouting,
}

internal static class HostPipeline
{
    /// <summary>Adds a middleware before or after routing.</summary>
    public static WebApplication Put(this WebApplication app, Place place, Action<WebApplication> middleware)
    {
        if (place == Place.BeforeRouting) middleware(app);
        app.UseRouting();
        if (place == Place.AfterRouting) middleware(app);
        return app;
    }
}
