using System.Text;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.Yarp.Tests;

/// <summary>Addresses of destinations stay out of the log, and ids that are addresses lose their secrets.</summary>
public sealed class SecretsTests
{
    private const string Password = "pa55word";
    private const string Key = "k3y-in-a-query";

    [Test]
    public async Task Secrets_in_the_address_of_a_destination_are_not_stored([Values] bool refuses)
    {
        await using var upstream = await Upstream.StartAsync();
        var host = refuses ? Upstream.Refusing.Authority : upstream.Address.Authority;
        await using var proxy = await StartAsync(("first", $"http://user:{Password}@{host}/base?key={Key}"));

        (await proxy.GetAsync()).Dispose();

        (await proxy.ResponseAsync()).Data("destination").Should().Be("first");
        await ShouldHaveNoSecretAsync(proxy);
    }

    [Test]
    public async Task Secrets_in_ids_that_are_addresses_are_not_stored()
    {
        await using var upstream = await Upstream.StartAsync();
        var host = upstream.Address.Authority;
        await using var proxy = await StartAsync(
            ($"web[http://user:{Password}@{host}/?key={Key}]", upstream.Address.ToString()), $"https://user:{Password}@cluster/a?key={Key}");

        (await proxy.GetAsync()).Dispose();

        var entry = await proxy.ResponseAsync();
        entry.Data("destination").Should().Be($"web[http://[redacted]@{host}/?[redacted]");
        entry.Data("cluster").Should().Be("https://[redacted]@cluster/a?[redacted]");
        entry.Text("serviceName").Should().Be("https://[redacted]@cluster/a?[redacted]");
        await ShouldHaveNoSecretAsync(proxy);
    }

    [TestCase("first", "first")]
    [TestCase("web@1?", "web@1?")]
    [TestCase("http://10.0.0.1:80/a", "http://10.0.0.1:80/a")]
    [TestCase("http://user@host/", "http://[redacted]@host/")]
    [TestCase("http://user:a/b?c#d@host/e?f=@g", "http://[redacted]@g")]
    [TestCase("http://host/#token", "http://host/#[redacted]")]
    public async Task Ids_without_secrets_stay_as_they_are(string id, string expected)
    {
        await using var upstream = await Upstream.StartAsync();
        await using var proxy = await StartAsync((id, upstream.Address.ToString()));

        (await proxy.GetAsync()).Dispose();

        (await proxy.ResponseAsync()).Data("destination").Should().Be(expected);
    }

    /// <summary>Starts a proxy whose own log records are stored too, as YARP logs every address that it forwards to.</summary>
    private static Task<ProxyHost> StartAsync((string Id, string Address) destination, string cluster = "web") => ProxyHost.StartAsync(
        [ProxyHost.Route(cluster)], [ProxyHost.Cluster(cluster, [destination])], new Setup { Build = builder => builder.Logging.AddProxyLogs(LogLevel.Information) });

    private static async Task ShouldHaveNoSecretAsync(ProxyHost proxy)
    {
        var entries = (await proxy.ReadAsync("?limit=1000")).GetRawText();
        entries.Should().Contain("Proxying to", "the log records of YARP are there");
        entries.Should().NotContain(Password).And.NotContain(Key);
        foreach (var file in new[] { "logs.db", "logs.db-wal" })
        {
            await using var stream = new FileStream(Path.Combine(proxy.Folder, file), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            (await reader.ReadToEndAsync()).Should().NotContain(Password).And.NotContain(Key);
        }
    }
}
