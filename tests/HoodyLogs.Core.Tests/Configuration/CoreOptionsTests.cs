using FluentAssertions;
using HoodyLogs.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Configuration;

public sealed class CoreOptionsTests
{
    [Test]
    public void Without_configuration_the_defaults_apply()
    {
        using var services = Services([]);

        var options = services.GetRequiredService<ILastGoodOptions<ProxyLogsCoreOptions>>().Current;

        options.Should().BeEquivalentTo(new ProxyLogsCoreOptions());
    }

    [Test]
    public void Every_section_is_read()
    {
        using var services = Services(new()
        {
            ["ProxyLogs:Sqlite:MaxSeries"] = "2000",
            ["ProxyLogs:Queue:Capacity"] = "16",
            ["proxylogs:queue:whenfull"] = "wait",
            ["ProxyLogs:Retention:MaxAge"] = "1.12:00:00",
            ["ProxyLogs:Retention:MaxBytes"] = "20000000000",
            ["ProxyLogs:Tail:Heartbeat"] = "00:00:02.5",
        });

        var options = services.GetRequiredService<ILastGoodOptions<ProxyLogsCoreOptions>>().Current;

        options.Sqlite.MaxSeries.Should().Be(2000);
        options.Queue.Capacity.Should().Be(16);
        options.Queue.WhenFull.Should().Be(QueueFullMode.Wait);
        options.Retention.MaxAge.Should().Be(TimeSpan.FromHours(36));
        options.Retention.MaxBytes.Should().Be(20_000_000_000);
        options.Tail.Heartbeat.Should().Be(TimeSpan.FromSeconds(2.5));
    }

    [Test]
    public void One_message_lists_every_wrong_key_with_its_value_and_what_it_takes()
    {
        using var services = Services(new()
        {
            ["ProxyLogs:Sqlite:Database"] = "folder/",
            ["ProxyLogs:Queue:Capacity"] = "many",
            ["ProxyLogs:Queue:Capasity"] = "5",
            ["ProxyLogs:Queue:MaxBytes"] = "1",
            ["ProxyLogs:Queue:WhenFull"] = "Explode",
            ["ProxyLogs:Retention:MaxAge"] = "24:00:00",
            ["ProxyLogs:Retention:MaxBytes"] = "5",
            ["ProxyLogs:Tail"] = "5000",
            ["ProxyLogs:Speed"] = "fast",
        });

        services.Invoking(provider => provider.GetRequiredService<ILastGoodOptions<ProxyLogsCoreOptions>>())
            .Should().Throw<OptionsValidationException>().Which.Message.Split('\n').Should().BeEquivalentTo(
                "The options of HoodyLogs are not valid:",
                "  ProxyLogs:Sqlite:Database is \"folder/\"; it takes the path of a file (no connection string and no file: URI), or :memory:.",
                "  ProxyLogs:Queue:Capacity is \"many\"; it takes a whole number from 1 to 10000000.",
                "  ProxyLogs:Queue:Capasity is not an option; did you mean Capacity?",
                "  ProxyLogs:Queue:MaxBytes is \"1\"; it takes a whole number from 65536 to 17179869184.",
                "  ProxyLogs:Queue:WhenFull is \"Explode\"; it takes Drop or Wait.",
                "  ProxyLogs:Retention:MaxAge is \"24:00:00\"; it takes a time from 00:01:00 to 3653.00:00:00, written [d.]hh:mm:ss[.fff].",
                "  ProxyLogs:Retention:MaxBytes is \"5\"; it takes 0 or a whole number from 1048576.",
                "  ProxyLogs:Tail has a single value; it takes a section with keys of its own.",
                "  ProxyLogs:Speed is not an option; allowed are FailFast, Sqlite, Queue, Retention, Tail.");
    }

    [TestCase("ProxyLogs:Sqlite:MaxSeries", "999", "10000001", "1000", "10000000")]
    [TestCase("ProxyLogs:Queue:Capacity", "0", "10000001", "1", "10000000")]
    [TestCase("ProxyLogs:Queue:MaxBytes", "65535", "17179869185", "65536", "17179869184")]
    [TestCase("ProxyLogs:Retention:MaxAge", "00:00:59", "3653.00:00:01", "00:01:00", "3653.00:00:00")]
    [TestCase("ProxyLogs:Retention:MaxEntries", "-1", "9223372036854775808", "0", "9223372036854775807")]
    [TestCase("ProxyLogs:Sqlite:MinFreeBytes", "-1", "x", "0", "9223372036854775807")]
    [TestCase("ProxyLogs:Tail:RingEntries", "15", "1000001", "16", "1000000")]
    [TestCase("ProxyLogs:Tail:Heartbeat", "00:00:00.999", "00:00:15.001", "00:00:01", "00:00:15")]
    public void Ranges_include_their_ends(string key, string below, string above, string least, string most)
    {
        Reading(key, below).Should().Throw<OptionsValidationException>().WithMessage($"*{key} is *{below}*; it takes *");
        Reading(key, above).Should().Throw<OptionsValidationException>().WithMessage($"*{key} is *{above}*; it takes *");
        Reading(key, least).Should().NotThrow();
        Reading(key, most).Should().NotThrow();
    }

    [Test]
    public void Options_set_in_code_are_validated_too()
    {
        using var services = Services([], options => options.Tail = null!);

        services.Invoking(provider => provider.GetRequiredService<ILastGoodOptions<ProxyLogsCoreOptions>>())
            .Should().Throw<OptionsValidationException>().WithMessage("*ProxyLogs:Tail is null*");
    }

    [Test]
    public void Code_overrides_configuration()
    {
        using var services = Services(new() { ["ProxyLogs:Sqlite:MaxSeries"] = "2000" }, options => options.Sqlite.MaxSeries++);

        services.GetRequiredService<ILastGoodOptions<ProxyLogsCoreOptions>>().Current.Sqlite.MaxSeries.Should().Be(2001);
    }

    [Test]
    public void A_second_call_only_adds_its_delegate()
    {
        var services = new ServiceCollection().AddProxyLogsCore().Services;
        var count = services.Count;

        services.AddProxyLogsCore().Services.AddProxyLogsCore();

        services.Should().HaveCount(count);
    }

    [Test]
    public void A_service_that_is_already_registered_is_kept()
    {
        var time = new TestSupport.ManualTime();

        using var services = new ServiceCollection().AddSingleton<TimeProvider>(time).AddProxyLogsCore().Services.BuildServiceProvider();

        services.GetRequiredService<TimeProvider>().Should().BeSameAs(time);
    }

    private static Func<ProxyLogsCoreOptions> Reading(string key, string value) => () =>
    {
        using var services = Services(new() { [key] = value });
        return services.GetRequiredService<ILastGoodOptions<ProxyLogsCoreOptions>>().Current;
    };

    private static ServiceProvider Services(Dictionary<string, string?> settings, Action<ProxyLogsCoreOptions>? configure = null) =>
        new ServiceCollection().AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddProxyLogsCore(configure ?? (_ => { })).Services.BuildServiceProvider();
}
