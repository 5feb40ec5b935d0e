using System.Text.Json.Serialization;
using HoodyLogs;
using HoodyLogs.AspNetCore;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using ReverseProxySample;
using ReverseProxySample.Demo;

try
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddSampleDefaults();
    await using var upstream = await DemoUpstream.StartUnlessConfiguredAsync(builder.Configuration);

    builder.Services.AddReverseProxy().LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"));
    builder.Services.AddOpenApi(options => options.AddLogsApiExamples());
    builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
    builder.Services.AddProxyLogs().AddYarp();
    if (builder.Configuration.GetValue("Demo:ScopeHeaders", false)) builder.Services.Configure<ProxyLogsOptions>(options => options.Capture.UseScopeHeaders());
    if (builder.Configuration.GetValue("Demo:Traffic", true)) builder.Services.AddHostedService<DemoTraffic>();

    await using var app = builder.Build();
    app.UseProxyLogs();
    app.MapReverseProxy();
    app.MapProxyLogs();
    app.MapOpenApi();
    app.MapDeleteScope();

    await app.StartAsync();
    Welcome.Print(app);
    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception failure) when (failure is OptionsValidationException or LogStoreException or IOException
    or InvalidOperationException { InnerException: FormatException }) // a boolean setting of the sample has another value
{
    var advice = failure.InnerException is AddressInUseException ? " Choose another one: --urls http://127.0.0.1:5081" : "";
    await Console.Error.WriteLineAsync($"{failure.Message}{advice}");
    return 1;
}
