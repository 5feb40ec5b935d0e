var builder = WebApplication.CreateBuilder(args);
builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));
builder.Services.AddProxyLogs(options => options.Access.Tokens.Add(new() { Token = builder.Configuration["LogsToken"]!, Admin = true })).AddYarp();

var app = builder.Build();
app.UseProxyLogs();
app.MapReverseProxy();
app.MapProxyLogs();
app.Run();
