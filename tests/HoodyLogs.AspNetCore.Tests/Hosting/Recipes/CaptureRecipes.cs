using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Tests.Hosting.Recipes;

/// <summary>The blocks of the documentation that are parts of a Program.cs. <see cref="DocumentationTests"/> compares the text between the tags.</summary>
internal static class CaptureRecipes
{
    public static WebApplication InCode(WebApplicationBuilder builder)
    {
        // <configure-in-code>
        builder.Services
            .AddProxyLogs(options =>
            {
                options.Retention.MaxAge = TimeSpan.FromDays(14);
                options.Capture.ExcludedPaths.Add("/health");
            })
            .UseSqlite(sqlite => sqlite.MinFreeBytes = 1_073_741_824);
        // </configure-in-code>
        return Finish(builder);
    }

    public static WebApplication Scope(WebApplicationBuilder builder)
    {
        // <scope>
        builder.Services.AddProxyLogs(options => options.Capture.Scope = context =>
            new(ProjectId: context.GetRouteValue("tenant") as string, ContainerId: "web1", ServiceName: "shop"));
        // </scope>
        return Finish(builder);
    }

    public static WebApplication Keep(WebApplicationBuilder builder)
    {
        // <keep>
        builder.Services.AddProxyLogs(options =>
            options.Capture.Keep = exchange => exchange.Level > EntryLevel.Info || exchange.IsSampled(0.1));
        // </keep>
        return Finish(builder);
    }

    public static WebApplication Endpoints(WebApplicationBuilder builder)
    {
        builder.Services.AddProxyLogs();
        var app = builder.Build();
        app.UseProxyLogs();

        // <endpoints>
        app.MapGet("/health", () => "ok").DisableProxyLogs();
        app.MapPost("/orders", (Order order) => Results.Ok(order.Id)).WithProxyLogs(captureRequestBody: true, captureResponseBody: true);
        // </endpoints>

        app.MapProxyLogs();
        return app;
    }

    public static WebApplication Enrich(WebApplicationBuilder builder)
    {
        // <enrich>
        builder.Services.AddProxyLogs(options =>
            options.Capture.Enrich = (context, data) => data.Add("plan", context.User.FindFirst("plan")?.Value));
        // </enrich>
        return Finish(builder);
    }

    public static WebApplication Redact(WebApplicationBuilder builder)
    {
        // <redact>
        builder.Services.AddProxyLogs(options =>
        {
            options.Capture.RedactUrl = url => url.Url.StartsWith("/share/", StringComparison.Ordinal) ? "/share/[redacted]" : url.Url;
            options.Capture.RedactBody = body => body.Context.Request.Path.StartsWithSegments("/payments") ? default : body.Content;
        });
        // </redact>
        return Finish(builder);
    }

    public static WebApplication Events(WebApplicationBuilder builder)
    {
        // <events>
        builder.Services.AddProxyLogs();
        builder.Logging.AddProxyLogs();   // records of the level Warning and above
        // </events>
        return Finish(builder);
    }

    public static WebApplication InProcess(WebApplicationBuilder builder)
    {
        builder.Services.AddProxyLogs();
        var app = builder.Build();
        app.UseProxyLogs();

        // <in-process>
        app.MapPost("/projects/{project}/notes", async (string project, string text, ILogSink sink, ILogStore store) =>
        {
            sink.TryWriteEvent(EntryLevel.Info, text, projectId: project);
            await sink.FlushAsync(CancellationToken.None);   // without it, the event can be read about 0.1 seconds later
            var entries = await store.ListAsync(LogScope.Project(project), new LogQuery { Last = 20 });
            return entries.Select(entry => entry.Data);
        });

        app.MapGet("/projects/{project}/events", (string project, long? afterId, ILogTail tail, CancellationToken cancellation) =>
            tail.ReadAsync(LogScope.Project(project), new LogFilter { Kinds = [EntryKind.Event] }, afterId, cancellation)
                .Select(entry => entry.Id));   // follows the log until the client leaves

        app.MapDelete("/projects/{project}", (string project, IScopeDeleter scopes) =>
            scopes.DeleteAsync(LogScope.Project(project), CancellationToken.None));   // durable when it returns
        // </in-process>

        app.MapProxyLogs();
        return app;
    }

    private static WebApplication Finish(WebApplicationBuilder builder)
    {
        var app = builder.Build();
        app.UseProxyLogs();
        app.UseRouting();
        app.MapProxyLogs();
        return app;
    }

    internal sealed record Order(int Id);
}
