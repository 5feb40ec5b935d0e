using Yarp.ReverseProxy.Model;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));
builder.Services.AddProxyLogs(options =>
{
    options.Access.Tokens.Add(new() { Token = builder.Configuration["LogsToken"]!, Admin = true });
    options.Capture.Scope = context =>
    {
        var route = context.Features.Get<IReverseProxyFeature>()?.Route.Config;
        return new(route?.Metadata?.GetValueOrDefault("ProjectId"), route?.Metadata?.GetValueOrDefault("ContainerId"), route?.ClusterId);
    };
});

var app = builder.Build();
app.UseProxyLogs();
app.MapReverseProxy();
app.MapProxyLogs();
app.Run();
