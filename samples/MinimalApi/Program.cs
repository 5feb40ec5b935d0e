var builder = WebApplication.CreateBuilder(args);
builder.Services.AddProxyLogs(options =>
{
    options.Access.Tokens.Add(new() { Token = builder.Configuration["LogsToken"]!, ProjectId = "acme" });
    options.Capture.Scope = context => new(ProjectId: "acme", ContainerId: "web1", ServiceName: "shop");
});

var app = builder.Build();
app.UseProxyLogs();   // first: captures everything that follows
app.MapGet("/hello", () => "Hello");
app.MapProxyLogs();   // serves /api/proxy-logs/_logs and /v1/tunnels/{tunnelId}/requests
app.Run();
