using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using Serilog;

namespace HoodyLogs.AspNetCore.Tests.Capture.Logging;

/// <summary>Some logger factories pass each record to each provider. The provider applies its own configuration.</summary>
public sealed class LoggerFactoryTests
{
    private const string Token = "the-admin-token-of-the-tests";

    public enum Factory
    {
        Framework,
        Plain,
        Serilog,
    }

    [Test]
    public async Task Configured_levels_apply_with_each_factory([Values] Factory factory)
    {
        await using var server = await StartAsync(factory, ("Default", "Error"), ("Chosen", "Debug"), ("Chosen.Silent", "None"));
        Log(server, "Other", "Chosen.Part", "Chosen.Silent.Part");
        (await TakeAsync(server)).Should().Equal(
            "Other Error", "Other Critical",
            "Chosen.Part Debug", "Chosen.Part Information", "Chosen.Part Warning", "Chosen.Part Error", "Chosen.Part Critical");
    }

    [Test]
    public async Task Without_configuration_warnings_and_errors_are_stored_with_each_factory([Values] Factory factory)
    {
        await using var server = await StartAsync(factory);
        Log(server, "Other");
        (await TakeAsync(server)).Should().Equal("Other Warning", "Other Error", "Other Critical");
    }

    [Test]
    public async Task A_reload_changes_the_levels_of_existing_loggers([Values] Factory factory)
    {
        await using var server = await StartAsync(factory, ("Default", "Critical"));
        Log(server, "Other");
        server.Reload("Logging:ProxyLogs:LogLevel:Default", "Error");
        Log(server, "Other");
        (await TakeAsync(server)).Should().Equal("Other Critical", "Other Error", "Other Critical");
    }

    [Test]
    public async Task A5_reads_of_the_logs_API_store_no_events_with_any_factory([Values] Factory factory, [Values] bool routesFirst)
    {
        await using var server = await StartAsync(factory, routesFirst, ("Default", "Trace"));
        await TakeAsync(server); // the records of the start
        foreach (var path in new[] { "/api/proxy-logs/_logs", "/api/proxy-logs/_logs/stats", "/api/proxy-logs/_logs/1", "/api/proxy-logs/_logs/none", "/v1/tunnels/550e8400-e29b-41d4-a716-446655440000/requests" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "X-Logs-Token", Token } } };
            using var response = await server.Client.SendAsync(request);
        }

        (await TakeAsync(server)).Where(record => !IsOfTheConnection(record)).Should().BeEmpty();
        await server.Client.GetAsync("/v1/tunnels/other");
        (await TakeAsync(server)).Should().Contain("Microsoft.AspNetCore.Hosting.Diagnostics Information");
    }

    [Test]
    public async Task A_host_filter_that_throws_does_not_affect_logging()
    {
        await using var server = await CaptureServer.StartAsync(
            _ => { },
            build: builder =>
            {
                Use(builder, Factory.Plain);
                builder.Logging.AddFilter<HoodyLogs.AspNetCore.Capture.Logging.ProxyLogsLoggerProvider>((category, _) => category == "Other" ? throw new InvalidOperationException() : true);
            });
        Log(server, "Other", "Fine");
        (await TakeAsync(server)).Where(record => record.StartsWith("Other", StringComparison.Ordinal)).Should().BeEmpty();
        server.Services.GetRequiredService<HoodyLogs.AspNetCore.Capture.Recording.ExchangeRecorder>().Failures.Should().BePositive();
    }

    private static void Log(CaptureServer server, params string[] categories)
    {
        foreach (var category in categories)
        {
            var logger = server.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category);
            for (var level = LogLevel.Debug; level <= LogLevel.Critical; level++)
            {
                var text = $"{category} {level}";
                logger.Log(level, default, text, null, static (state, _) => state);
            }
        }
    }

    /// <summary>Takes the records up to a marker. So the test never waits for a record that does not come.</summary>
    private static async Task<List<string>> TakeAsync(CaptureServer server)
    {
        server.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Mark").LogCritical("end");
        var taken = new List<string>();
        while (true)
        {
            var record = await server.NextAsync();
            if (record.Shape != RecordShape.Event) continue;
            var entry = record.Request();
            var category = entry.Data("category").GetString();
            if (category == "Mark") return taken;
            taken.Add(category is "Other" or "Chosen.Part" or "Fine" ? entry.Data("message").GetString()!.Replace("\"", "", StringComparison.Ordinal) : $"{category} {Level(entry.Level)}");
        }
    }

    private static string Level(EntryLevel level) => level == EntryLevel.Info ? "Information" : level.ToString();

    /// <summary>Kestrel's records of connections do not belong to a request.</summary>
    private static bool IsOfTheConnection(string record) => record.StartsWith("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal)
        || record.StartsWith("Microsoft.Extensions.Hosting", StringComparison.Ordinal) || record.StartsWith("Microsoft.Hosting", StringComparison.Ordinal);

    private static Task<CaptureServer> StartAsync(Factory factory, params (string Category, string Level)[] levels) => StartAsync(factory, false, levels);

    private static Task<CaptureServer> StartAsync(Factory factory, bool routesFirst, params (string Category, string Level)[] levels) => CaptureServer.StartAsync(
        app =>
        {
            if (!routesFirst) app.UseRouting();
            app.MapProxyLogs();
        },
        options => options.Access.Tokens.Add(new() { Token = Token, Admin = true }),
        build: builder =>
        {
            foreach (var (category, level) in levels) builder.Configuration["Logging:ProxyLogs:LogLevel:" + category] = level;
            builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
            Use(builder, factory);
        });

    private static void Use(WebApplicationBuilder builder, Factory factory)
    {
        builder.Logging.AddProxyLogs();
        if (factory == Factory.Plain) builder.Services.Replace(ServiceDescriptor.Singleton<ILoggerFactory, PlainFactory>());
        if (factory == Factory.Serilog) builder.Services.AddSerilog(logger => logger.MinimumLevel.Verbose(), writeToProviders: true);
    }

    /// <summary>A factory without filters.</summary>
    private sealed class PlainFactory(IEnumerable<ILoggerProvider> providers) : ILoggerFactory
    {
        private readonly List<ILoggerProvider> _providers = [.. providers];

        public void AddProvider(ILoggerProvider provider) => _providers.Add(provider);

        public Microsoft.Extensions.Logging.ILogger CreateLogger(string categoryName) => new All([.. _providers.Select(provider => provider.CreateLogger(categoryName))]);

        public void Dispose()
        {
        }

        private sealed class All(Microsoft.Extensions.Logging.ILogger[] loggers) : Microsoft.Extensions.Logging.ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                foreach (var logger in loggers) logger.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
