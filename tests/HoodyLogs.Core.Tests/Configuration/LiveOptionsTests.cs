using FluentAssertions;
using HoodyLogs.Configuration;
using HoodyLogs.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Configuration;

public sealed class LiveOptionsTests
{
    private readonly MessageList _log = new();
    private IConfigurationRoot _configuration = null!;
    private ServiceProvider _services = null!;
    private ILiveOptions<ProxyLogsCoreOptions> _options = null!;

    [SetUp]
    public void Start()
    {
        _configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
        _services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(_log))
            .AddSingleton<IConfiguration>(_configuration)
            .AddProxyLogsCore().BuildServiceProvider();
        _options = _services.GetRequiredService<ILiveOptions<ProxyLogsCoreOptions>>();
    }

    [TearDown]
    public void Stop()
    {
        _services.Dispose();
        (_configuration as IDisposable)?.Dispose();
        _log.Dispose();
    }

    [Test]
    public void A_reload_swaps_the_snapshot_and_leaves_the_old_one_alone()
    {
        var before = _options.Current;
        ProxyLogsCoreOptions? told = null;
        using var subscription = _options.OnChange(options => told = options);

        Reload("ProxyLogs:Retention:MaxEntries", "7");

        _options.Current.Retention.MaxEntries.Should().Be(7);
        told.Should().BeSameAs(_options.Current);
        before.Retention.MaxEntries.Should().Be(10_000_000);
    }

    [Test]
    public void A_reload_that_fails_validation_leaves_the_last_good_options_in_force_and_logs_one_error()
    {
        Reload("ProxyLogs:Retention:MaxEntries", "7");
        var good = _options.Current;
        var told = 0;
        using var subscription = _options.OnChange(_ => told++);

        Reload("ProxyLogs:Retention:MaxEntries", "none");
        _configuration.Reload();

        _options.Current.Should().BeSameAs(good);
        told.Should().Be(0);
        _log.Messages.Where(message => message.Level == LogLevel.Error).Should().ContainSingle()
            .Which.Text.Should().Contain("ProxyLogs:Retention:MaxEntries is \"none\"");
    }

    [Test]
    public void After_a_bad_reload_a_good_one_is_taken_again()
    {
        Reload("ProxyLogs:Queue:Capacity", "0");
        Reload("ProxyLogs:Queue:Capacity", "9");

        _options.Current.Queue.Capacity.Should().Be(9);
    }

    [Test]
    public void A_subscription_ends_when_disposed()
    {
        var told = 0;
        _options.OnChange(_ => told++).Dispose();

        _configuration.Reload();

        told.Should().Be(0);
    }

    private void Reload(string key, string value)
    {
        _configuration[key] = value;
        _configuration.Reload();
    }
}
