using HoodyLogs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

// Uses HoodyLogs.Core without ASP.NET Core: writes a few events and lists them.
var builder = Host.CreateApplicationBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddProxyLogsCore(options => options.FailFast = true); // the worker needs the store
using var host = builder.Build();
await host.StartAsync();

var sink = host.Services.GetRequiredService<ILogSink>();
foreach (var (level, message) in new[]
{
    (EntryLevel.Info, "the nightly run begins"), (EntryLevel.Warn, "one order has no address"), (EntryLevel.Info, "the nightly run ends"),
})
{
    sink.TryWriteEvent(level, message, projectId: "acme", containerId: "nightly", serviceName: "orders");
}

await sink.FlushAsync(CancellationToken.None);

var store = host.Services.GetRequiredService<ILogStore>();
foreach (var entry in await store.ListAsync(LogScope.Project("acme"), new LogQuery { Last = 3 }))
{
    Console.WriteLine($"{entry.Id} {entry.Timestamp:O} {entry.Level} {entry.ServiceName} {entry.Data}");
}

await host.StopAsync();
