using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

/// <summary>A scope from a host name is marked as unverified, however it is read.</summary>
public sealed class UnverifiedHostTests
{
    private const string Host = "p1-c1-web-3.example.com";

    [TestCase("ScopeFromHost", true)]
    [TestCase("delegate returns it", true)]
    [TestCase("delegate changes it", true)]
    [TestCase("delegate verified it", false)]
    [TestCase("delegate of its own", false)]
    public async Task A11_a_scope_from_a_host_name_is_marked_in_exchanges_and_their_events(string way, bool isUnverified)
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.MapGet("/", (ILoggerFactory loggers) => Log(loggers.CreateLogger("Host.Part"))),
            options =>
            {
                options.Capture.ScopeFromHost = way == "ScopeFromHost";
                if (way == "delegate returns it") options.Capture.Scope = context => ExchangeScope.FromHost(context)!.Value;
                if (way == "delegate changes it") options.Capture.Scope = context => ExchangeScope.FromHost(context)!.Value with { ServiceName = "other" };
                if (way == "delegate verified it") options.Capture.Scope = context => new ExchangeScope(ExchangeScope.FromHost(context)!.Value.ProjectId);
                if (way == "delegate of its own") options.Capture.Scope = _ => new ExchangeScope("p1");
            },
            build: builder => builder.Logging.AddProxyLogs());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = Host } };
        (await server.Client.SendAsync(request)).Dispose();

        // The event comes first, then the exchange. Records without a scope may come in between.
        var records = new List<(string? Project, bool IsUnverified)>();
        while (records.Count < 2)
        {
            var record = await server.NextAsync();
            if (record.ProjectId is not null) records.Add((record.ProjectId, record.IsScopeUnverified));
        }

        records.Should().AllBeEquivalentTo(("p1", isUnverified));
    }

    private static string Log(ILogger logger)
    {
        logger.LogWarning("something");
        return "ok";
    }
}
