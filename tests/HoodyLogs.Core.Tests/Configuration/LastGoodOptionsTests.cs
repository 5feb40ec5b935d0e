using FluentAssertions;
using HoodyLogs.Configuration;
using HoodyLogs.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Configuration;

public sealed class LastGoodOptionsTests
{
    private MessageList _log = null!;
    private IConfigurationRoot _configuration = null!;
    private ServiceProvider _services = null!;
    private ILastGoodOptions<ProxyLogsCoreOptions> _options = null!;

    [SetUp]
    public void Start()
    {
        _log = new MessageList();
        _configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
        _services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(_log))
            .AddSingleton<IConfiguration>(_configuration)
            .AddProxyLogsCore().Services.BuildServiceProvider();
        _options = _services.GetRequiredService<ILastGoodOptions<ProxyLogsCoreOptions>>();
    }

    [TearDown]
    public void Stop()
    {
        _services.Dispose();
        (_configuration as IDisposable)?.Dispose();
        _log.Dispose();
    }

    [Test]
    public void A_reload_makes_new_options_and_does_not_change_the_old_ones()
    {
        var before = _options.Current;
        ProxyLogsCoreOptions? notified = null;
        using var subscription = _options.OnChange(options => notified = options);

        Reload("ProxyLogs:Retention:MaxEntries", "7");

        _options.Current.Retention.MaxEntries.Should().Be(7);
        notified.Should().BeSameAs(_options.Current);
        before.Retention.MaxEntries.Should().Be(10_000_000);
    }

    [Test]
    public void A_reload_that_is_not_valid_keeps_the_last_options_and_logs_one_error()
    {
        Reload("ProxyLogs:Retention:MaxEntries", "7");
        var good = _options.Current;
        var notified = 0;
        using var subscription = _options.OnChange(_ => notified++);

        Reload("ProxyLogs:Retention:MaxEntries", "none");
        _configuration.Reload();

        _options.Current.Should().BeSameAs(good);
        notified.Should().Be(0);
        _log.Messages.Where(message => message.Level == LogLevel.Error).Should().ContainSingle()
            .Which.Text.Should().Contain("ProxyLogs:Retention:MaxEntries is \"none\"");
    }

    [Test]
    public void A_valid_reload_after_a_bad_one_takes_effect()
    {
        Reload("ProxyLogs:Queue:Capacity", "0");
        Reload("ProxyLogs:Queue:Capacity", "9");

        _options.Current.Queue.Capacity.Should().Be(9);
    }

    [Test]
    public void A_reload_names_once_the_changed_options_that_need_a_restart()
    {
        Set("ProxyLogs:Sqlite:MaxSeries", "2000");
        Set("ProxyLogs:Queue:Capacity", "9");
        Set("ProxyLogs:Sqlite:Database", ":memory:");
        _configuration.Reload();
        _configuration.Reload();

        _log.Messages.Should().ContainSingle().Which.Should().Be((
            LogLevel.Warning,
            "Changes to these options of HoodyLogs take effect after a restart: ProxyLogs:Queue:Capacity, ProxyLogs:Sqlite:Database, ProxyLogs:Sqlite:MaxSeries."));
    }

    [Test]
    public void A_reload_reports_applied_options_and_options_that_need_a_restart()
    {
        Set("ProxyLogs:Retention:MaxEntries", "7");
        Reload("ProxyLogs:Tail:RingEntries", "16");

        _log.Messages.Select(message => (message.Level, message.Text.Contains("ProxyLogs:Tail:RingEntries"))).Should()
            .Equal((LogLevel.Information, false), (LogLevel.Warning, true));
    }

    [Test]
    public void A_reload_without_changes_or_back_to_the_options_in_force_needs_no_restart()
    {
        _configuration.Reload();
        _log.Messages.Should().BeEmpty();
        Reload("ProxyLogs:Sqlite:MaxSeries", "2000");
        Reload("ProxyLogs:Sqlite:MaxSeries", "100000");

        _log.Messages.Should().ContainSingle();
    }

    [Test]
    public void A_reload_does_not_name_an_option_again_that_waits_for_a_restart()
    {
        Reload("ProxyLogs:Sqlite:MaxSeries", "2000");
        Reload("ProxyLogs:Queue:WhenFull", "Wait");

        _log.Messages.Select(message => message.Text).Should().SatisfyRespectively(
            first => first.Should().EndWith("restart: ProxyLogs:Sqlite:MaxSeries."),
            second => second.Should().EndWith("restart: ProxyLogs:Queue:WhenFull."));
    }

    [Test]
    public void A_subscription_ends_when_disposed()
    {
        var notified = 0;
        _options.OnChange(_ => notified++).Dispose();

        _configuration.Reload();

        notified.Should().Be(0);
    }

    private void Set(string key, string value) => _configuration[key] = value;

    private void Reload(string key, string value)
    {
        Set(key, value);
        _configuration.Reload();
    }
}
