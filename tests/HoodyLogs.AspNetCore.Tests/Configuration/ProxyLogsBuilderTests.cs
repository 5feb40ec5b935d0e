using FluentAssertions;
using HoodyLogs.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Configuration;

public sealed class ProxyLogsBuilderTests
{
    [Test]
    public void A_second_call_changes_nothing()
    {
        var services = new ServiceCollection().AddProxyLogs().Services;
        var count = services.Count;

        services.AddProxyLogs().Services.AddProxyLogs();

        services.Should().HaveCount(count);
    }

    [Test]
    public void Delegates_run_in_the_order_of_the_calls()
    {
        var services = new ServiceCollection();
        services.AddProxyLogs(options => options.Sqlite.Database = "first.db").UseSqlite("second.db")
            .UseSqlite(sqlite => (sqlite.Database, sqlite.MaxSeries) = (sqlite.Database + "+", 5_000))
            .Services.AddProxyLogs(options => options.Sqlite.Database += "+");

        var sqlite = Options(services).Sqlite;

        (sqlite.Database, sqlite.MaxSeries).Should().Be(("second.db++", 5_000));
    }

    [Test]
    public void A_given_section_is_bound_under_any_name_and_its_reload_takes_effect([Values] bool hasHostConfiguration)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["My:Logs:MaxLimit"] = "7",
            ["My:Logs:Sqlite:MaxSeries"] = "2000",
            ["ProxyLogs:MaxLimit"] = "8",
        }).Build();
        var services = new ServiceCollection();
        if (hasHostConfiguration) services.AddSingleton<IConfiguration>(configuration);
        services.AddProxyLogs(configuration.GetSection("My:Logs"));
        using var provider = services.AddLogging().AddProxyLogs().Services.BuildServiceProvider();
        var options = provider.GetRequiredService<ILastGoodOptions<ProxyLogsOptions>>();

        (options.Current.MaxLimit, options.Current.Sqlite.MaxSeries).Should().Be((7, 2000));
        configuration["My:Logs:MaxLimit"] = "9";
        configuration.Reload();
        options.Current.MaxLimit.Should().Be(9);
    }

    [Test]
    public void An_error_in_a_given_section_is_named_by_its_full_key()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("My:Logs:Sqlite:MaxSeries", "1")]).Build();
        var services = new ServiceCollection();
        services.AddProxyLogs(configuration.GetSection("My:Logs"));

        services.Invoking(Options).Should().Throw<Microsoft.Extensions.Options.OptionsValidationException>().WithMessage("*My:Logs:Sqlite:MaxSeries is \"1\"*");
    }

    [Test]
    public void A_reload_of_a_given_section_names_options_by_their_full_key()
    {
        using var log = new TestSupport.MessageList();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(log));
        services.AddProxyLogs(configuration.GetSection("My:Logs"));
        using var provider = services.BuildServiceProvider();
        var options = provider.GetRequiredService<ILastGoodOptions<ProxyLogsOptions>>();

        configuration["My:Logs:Tunnels:Prefix"] = "/v2";
        configuration.Reload();

        options.Current.Tunnels.Prefix.Should().Be("/v2");
        log.Messages.Should().ContainSingle().Which.Text.Should().EndWith("after a restart: My:Logs:Tunnels:Prefix.");
    }

    private static ProxyLogsOptions Options(IServiceCollection services)
    {
        using var provider = services.AddLogging().BuildServiceProvider();
        return provider.GetRequiredService<ILastGoodOptions<ProxyLogsOptions>>().Current;
    }
}
