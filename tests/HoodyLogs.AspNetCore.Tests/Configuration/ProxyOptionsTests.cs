using System.Collections;
using System.Text.RegularExpressions;
using FluentAssertions;
using HoodyLogs.AspNetCore.Configuration;
using HoodyLogs.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Configuration;

public sealed class ProxyOptionsTests
{
    private const string Token = "a-token-that-nobody-may-see";

    private static readonly OptionsSchema Schema = ProxyOptionsBinding.Create().Schema;

    [Test]
    public void Lists_from_configuration_replace_the_defaults_and_redaction_lists_add_to_them()
    {
        var options = Read(new()
        {
            ["ProxyLogs:Capture:ExcludedContentTypes:0"] = "text/css",
            ["ProxyLogs:Capture:IncludedMethods:0"] = "GET",
            ["ProxyLogs:Capture:IncludedMethods:1"] = "POST",
            ["ProxyLogs:Capture:SensitiveHeaders:0"] = "X-Secret",
            ["ProxyLogs:Capture:SensitiveNames:0"] = "voucher",
            ["ProxyLogs:Capture:SensitiveNames:1"] = "token",
            ["ProxyLogs:Capture:SensitivePaths:0"] = "/hooks/*",
        }).Capture;

        options.ExcludedContentTypes.Should().Equal("text/css");
        options.IncludedMethods.Should().Equal("GET", "POST");
        options.SensitiveHeaders.Should().Contain("Authorization").And.EndWith("X-Secret").And.HaveCount(new CaptureOptions().SensitiveHeaders.Count + 1);
        options.SensitivePaths.Should().Equal("/hooks/*");
        options.SensitiveNames.Should().Contain("password").And.EndWith("voucher").And.OnlyHaveUniqueItems();
    }

    [Test]
    public void An_empty_list_in_JSON_replaces_the_default_and_null_switches_the_tunnel_route_off()
    {
        var options = ReadJson("""
            { "ProxyLogs": { "Capture": { "ExcludedContentTypes": [], "MinLevel": "warn", "Source": "edge", "RequestEntry": "atArrival" },
                             "Access": { "Tokens": [], "AdminPorts": [ 9000 ] }, "Tunnels": { "Prefix": null }, "Sqlite": { "Database": null } } }
            """);

        options.Capture.ExcludedContentTypes.Should().BeEmpty();
        options.Capture.MinLevel.Should().Be(EntryLevel.Warn);
        options.Capture.Source.Should().Be(EntrySource.Edge);
        options.Capture.RequestEntry.Should().Be(RequestEntryMode.AtArrival);
        options.Access.AdminPorts.Should().Equal(9000);
        options.Tunnels.Prefix.Should().BeNull();
        options.Sqlite.Database.Should().EndWith("logs.db");
    }

    [Test]
    public void F1_either_key_switches_the_fan_out_on([Values(null, "false", "true")] string? option, [Values(null, "false", "true")] string? variable)
    {
        var options = Read(new() { ["ProxyLogs:AdminFanout"] = option, ["LOGS_ADMIN_FANOUT"] = variable });

        options.AdminFanout.Should().Be(option == "true" || variable == "true");
    }

    [Test]
    public void A_wrong_environment_variable_is_named() =>
        Reading(new() { ["LOGS_ADMIN_FANOUT"] = "perhaps" }).Should().Throw<OptionsValidationException>()
            .WithMessage("*LOGS_ADMIN_FANOUT is \"perhaps\"; it takes true or false.*");

    [Test]
    public void A_wrong_item_of_a_list_is_named_by_its_configured_key()
    {
        var settings = new Dictionary<string, string?>
        {
            ["ProxyLogs:Access:Tokens:2:Token"] = Token,
            ["ProxyLogs:Access:Tokens:5:Token"] = Token,
            ["ProxyLogs:Access:Tokens:5:Admin"] = "true",
        };

        Reading(settings).Should().Throw<OptionsValidationException>().Which.Message
            .Should().Contain("Tokens:2:ProjectId is missing").And.Contain("Tokens:5:Token is given more than once");
    }

    [Test]
    public void A3_no_message_shows_a_token()
    {
        var settings = new Dictionary<string, string?>
        {
            ["ProxyLogs:Access:Tokens:0"] = Token,
            ["ProxyLogs:Access:Tokens:1:Tokn"] = Token,
            ["ProxyLogs:Access:Tokens:1:Admin"] = "true",
            ["ProxyLogs:Access:Tokens:2:Token"] = Token,
            ["ProxyLogs:Access:Tokens:3:Token"] = Token,
            ["ProxyLogs:Access:Tokens:3:Admin"] = "true",
            ["ProxyLogs:Access:Tokens:4:Token"] = "short-secret",
            ["ProxyLogs:Access:Token"] = Token,
        };

        Reading(settings).Should().Throw<OptionsValidationException>().Which.Message
            .Should().NotContain(Token).And.NotContain("short-secret").And.Contain("Tokens:0 has a single value").And.Contain("did you mean Token?");
    }

    [Test]
    public void An_item_without_keys_is_reported()
    {
        var reading = () => ReadJson("""{ "ProxyLogs": { "Access": { "Tokens": [ {} ] } } }""");

        reading.Should().Throw<OptionsValidationException>().WithMessage("*Tokens:0:ProjectId is missing*Tokens:0:Token has 0 characters*");
    }

    [Test]
    public void A_line_break_in_a_value_does_not_break_the_message() =>
        Reading(new() { ["ProxyLogs:Access:AdminRole"] = "admin\r\n" }).Should().Throw<OptionsValidationException>()
            .Which.Message.Split('\n').Should().HaveCount(2).And.ContainMatch("*AdminRole is \"admin?n\"; it takes 1 to 256 characters*");

    [Test]
    public void Each_token_rule_has_its_own_message()
    {
        static AccessToken Of(string token, bool admin = false, string? project = null, string? container = null) =>
            new() { Token = token, Admin = admin, ProjectId = project, ContainerId = container };

        Validating(options => options.Access.Tokens =
            [
                Of(new string('a', 15), admin: true), Of(new string('b', 513), admin: true), Of(new string('c', 16)),
                Of(new string('d', 512), admin: true, project: "p"), Of(new string('e', 16), container: "c"),
                Of(new string('f', 16), project: "p"), Of(new string('f', 16), project: "p", container: "c"), null!,
            ])
            .Should().Throw<OptionsValidationException>().Which.Message.Split('\n')[1..].Should().BeEquivalentTo(
                "  ProxyLogs:Access:Tokens:0:Token has 15 characters (not shown); it takes 16 to 512 characters.",
                "  ProxyLogs:Access:Tokens:1:Token has 513 characters (not shown); it takes 16 to 512 characters.",
                "  ProxyLogs:Access:Tokens:2:ProjectId is missing; a token takes a ProjectId, or Admin set to true.",
                "  ProxyLogs:Access:Tokens:3:Admin is true and a ProjectId or ContainerId is given; a token takes one or the other.",
                "  ProxyLogs:Access:Tokens:4:ContainerId is given without the ProjectId that it belongs to.",
                "  ProxyLogs:Access:Tokens:5:Token is given more than once; each token may be given once.",
                "  ProxyLogs:Access:Tokens:6:Token is given more than once; each token may be given once.",
                "  ProxyLogs:Access:Tokens:7 is null; it takes a token.");
    }

    [TestCase("ProxyLogs:FanoutTimeout", "00:00:00.099", "00:10:00.001")]
    [TestCase("ProxyLogs:MaxLimit", "0", "10001")]
    [TestCase("ProxyLogs:CursorLifetime", "00:00:00.5", "1.00:00:01")]
    [TestCase("ProxyLogs:Capture:MaxBodyBytes", "-1", "16777217")]
    [TestCase("ProxyLogs:Capture:MaxBodyMemory", "-1", "17179869185")]
    [TestCase("ProxyLogs:Capture:IncludedMethods:0", "", "GET POST")]
    [TestCase("ProxyLogs:Capture:ExcludedPaths:0", "health", "")]
    [TestCase("ProxyLogs:Capture:SensitiveHeaders:0", "X Y", "a:b")]
    [TestCase("ProxyLogs:Capture:SensitivePaths:0", "hooks/*", "/hooks/x")]
    [TestCase("ProxyLogs:Capture:MinLevel", "fatal", "1")]
    [TestCase("ProxyLogs:Access:AdminPorts:0", "0", "65536")]
    [TestCase("ProxyLogs:Access:AdminPorts:0", "http", "4294967297")]
    [TestCase("ProxyLogs:Limits:ReadsPerMinute", "0", "10000001")]
    [TestCase("ProxyLogs:Limits:MaxConcurrentReads", "0", "10001")]
    [TestCase("ProxyLogs:Limits:SendTimeout", "00:00:00.9", "00:10:00.001")]
    [TestCase("ProxyLogs:Limits:MaxScanTime", "00:00:00.009", "00:01:00.001")]
    [TestCase("ProxyLogs:Limits:MaxStreams", "0", "10000001")]
    [TestCase("ProxyLogs:Tunnels:Prefix", "v1", "/{x}")]
    public void A_value_out_of_range_is_reported(string key, string one, string other)
    {
        Reading(new() { [key] = one }).Should().Throw<OptionsValidationException>().WithMessage($"*{key} is *{one}*; it takes *");
        Reading(new() { [key] = other }).Should().Throw<OptionsValidationException>().WithMessage($"*{key} is *{other}*; it takes *");
    }

    [Test]
    public void Every_option_can_be_set_from_configuration()
    {
        var defaults = new ProxyLogsOptions { Access = { Tokens = [new AccessToken { Token = Token, Admin = true }], AdminPorts = [1], AdminHosts = ["x"] } };
        (defaults.Capture.IncludedMethods, defaults.Capture.ExcludedPaths, defaults.Capture.SensitivePaths) = (["GET"], ["/a"], ["/b/*"]);
        var settings = Schema.ValuesOf(defaults).ToDictionary(value => $"ProxyLogs:{value.Key}", value => value.Value);
        settings["ProxyLogs:Access:Tokens:0:Token"] = Token;

        var keys = settings.Keys.Select(key => Regex.Replace(key, ":[0-9]+", ":0")).Distinct();

        Reading(settings).Should().NotThrow();
        keys.Should().BeEquivalentTo(Properties(typeof(ProxyLogsOptions), "ProxyLogs:"));

        static IEnumerable<string> Properties(Type type, string path) =>
            from property in type.GetProperties()
            where property.SetMethod is { IsPublic: true } && !typeof(Delegate).IsAssignableFrom(property.PropertyType)
            let item = property.PropertyType.IsGenericType && typeof(IEnumerable).IsAssignableFrom(property.PropertyType)
                ? property.PropertyType.GetGenericArguments()[0] : null
            let key = path + property.Name + (item is null ? "" : ":0")
            from name in (item ?? property.PropertyType).Namespace == "HoodyLogs.AspNetCore" && !(item ?? property.PropertyType).IsEnum || property.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal)
                ? Properties(item ?? property.PropertyType, $"{key}:") : [key]
            select name;
    }

    [Test]
    public async Task The_core_reads_the_same_options_and_its_delegates_apply_to_them()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddProxyLogsCore(core => core.Sqlite.MaxSeries = 1234);
        builder.Services.AddProxyLogs(options => options.MaxLimit = 5);
        builder.Services.AddProxyLogsCore();
        await using var app = builder.Build();

        var options = app.Services.GetRequiredService<ILastGoodOptions<ProxyLogsOptions>>();

        app.Services.GetRequiredService<ILastGoodOptions<ProxyLogsCoreOptions>>().Should().BeSameAs(options);
        options.Current.Sqlite.MaxSeries.Should().Be(1234);
        options.Current.MaxLimit.Should().Be(5);
    }

    [Test]
    public async Task A_relative_database_is_relative_to_the_content_root()
    {
        using var folder = new TestSupport.TestFolder();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = folder.Path });
        builder.Services.AddProxyLogs();
        await using var app = builder.Build();

        app.Services.GetRequiredService<ILastGoodOptions<ProxyLogsOptions>>().Current.Sqlite.Database
            .Should().Be(Path.Combine(folder.Path, "data", "logs.db"));
    }

    [Test]
    public async Task Wrong_options_stop_the_start()
    {
        var builder = WebApplication.CreateSlimBuilder(["--ProxyLogs:MaxLimit=0", "--urls=http://127.0.0.1:0"]);
        builder.Services.AddProxyLogs();
        await using var app = builder.Build();

        await app.Invoking(host => host.StartAsync()).Should().ThrowAsync<OptionsValidationException>().WithMessage("*MaxLimit is \"0\"*");
    }

    private static ProxyLogsOptions Read(Dictionary<string, string?> settings) => Reading(settings)();

    private static Func<ProxyLogsOptions> Reading(Dictionary<string, string?> settings) =>
        () => Live(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), null);

    private static ProxyLogsOptions ReadJson(string json)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json));
        return Live(new ConfigurationBuilder().AddJsonStream(stream).Build(), null);
    }

    private static Func<ProxyLogsOptions> Validating(Action<ProxyLogsOptions> configure) =>
        () => Live(new ConfigurationBuilder().Build(), configure);

    private static ProxyLogsOptions Live(IConfiguration configuration, Action<ProxyLogsOptions>? configure)
    {
        using var services = new ServiceCollection().AddLogging().AddSingleton(configuration).AddProxyLogs(configure ?? (_ => { })).Services.BuildServiceProvider();
        return services.GetRequiredService<ILastGoodOptions<ProxyLogsOptions>>().Current;
    }
}
