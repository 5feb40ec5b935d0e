using FluentAssertions;
using HoodyLogs.AspNetCore.Access.Options;
using HoodyLogs.Configuration;
using HoodyLogs.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Access;

/// <summary>Tests of the format of configured tokens.</summary>
public sealed class TokenFormatTests
{
    private const string Text = "token-of-a-kubernetes-secret";
    private const string Key = "ProxyLogs:Access:Tokens:3:Token";

    [TestCase(Text + "\n", "line break")]
    [TestCase(Text + "\r\n", "line break")]
    [TestCase("\t" + Text, "whitespace")]
    [TestCase(" " + Text, "whitespace")]
    [TestCase(Text + "\u00A0", "whitespace")]
    [TestCase("                    ", "whitespace")]
    [TestCase("\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n", "line break")]
    [TestCase("\"" + Text + "\"", "without quotes")]
    [TestCase("'" + Text + "'", "without quotes")]
    [TestCase(Text + "\"", "without quotes")]
    [TestCase("“" + Text + "”", "without quotes")]
    [TestCase("\uFEFF" + Text, "no header can carry")]
    [TestCase(Text + "\0", "no header can carry")]
    [TestCase("token-of-a\nkubernetes-secret", "no header can carry")]
    [TestCase("token-of-a\u007Fkubernetes-secret", "no header can carry")]
    [TestCase("token-of-a\u0085kubernetes-secret", "no header can carry")]
    [TestCase("token-of-a\u200Bkubernetes-secret", "no header can carry")]
    public void A3_an_invalid_token_stops_the_start_and_is_not_shown(string token, string advice)
    {
        var start = () => Live(Settings(token), new MessageList());
        start.Should().Throw<OptionsValidationException>().Which.Message
            .Should().Contain($"{Key} ").And.Contain(advice).And.NotContain("kubernetes");
    }

    [Test]
    public void A3_a_lone_surrogate_is_refused() => TokenFormat.FindProblem(Text + '\uD800').Should().Contain("no header can carry");

    [TestCase(Text)]
    [TestCase("clé-très-secrète-von-Jürgen-鍵")]
    [TestCase("a token, with \"quotes\" and spaces inside")]
    [TestCase("base64+/base64+/base64==")]
    public void A3_other_tokens_are_valid(string token)
    {
        using var services = Live(Settings(token), new MessageList());
        services.GetRequiredService<ILastGoodOptions<ProxyLogsOptions>>().Current.Access.Tokens.Single().Token.Should().Be(token);
    }

    [Test]
    public void A3_a_reload_with_an_invalid_token_keeps_the_previous_options()
    {
        using var log = new MessageList();
        var settings = Settings(Text);
        using var services = Live(settings, log);
        var options = services.GetRequiredService<ILastGoodOptions<ProxyLogsOptions>>();

        settings[Key] = "another-token-of-the-secret\n";
        settings.Reload();

        options.Current.Access.Tokens.Single().Token.Should().Be(Text);
        log.Messages.Should().ContainSingle(message => message.Level >= LogLevel.Warning && message.Text.Contains(Key))
            .Which.Text.Should().NotContain("another-token");
    }

    [TestCase("ProxyLogs:Access:Tokens:3:ProjectId", " acme")]
    [TestCase("ProxyLogs:Access:Tokens:3:ContainerId", "c1\n")]
    [TestCase("ProxyLogs:Access:AdminHosts:0", "http://logs.internal")]
    [TestCase("ProxyLogs:Access:AdminHosts:0", "logs.internal:9000")]
    [TestCase("ProxyLogs:Access:ProjectClaim", " ")]
    [TestCase("ProxyLogs:Access:ContainerClaim", "")]
    [TestCase("ProxyLogs:Access:AdminRole", "logs-admin ")]
    public void Names_with_outer_spaces_and_invalid_hosts_are_refused(string key, string value)
    {
        var settings = Settings(Text);
        settings[key] = value;
        var start = () => Live(settings, new MessageList());
        start.Should().Throw<OptionsValidationException>().WithMessage($"*{key} is \"{value.ReplaceLineEndings("?n")}\"; it takes *");
    }

    private static IConfigurationRoot Settings(string token) => new ConfigurationBuilder()
        .AddInMemoryCollection([new(Key, token), new("ProxyLogs:Access:Tokens:3:ProjectId", "acme")]).Build();

    private static ServiceProvider Live(IConfigurationRoot settings, MessageList log)
    {
        var services = new ServiceCollection().AddLogging(logging => logging.AddProvider(log)).AddSingleton<IConfiguration>(settings)
            .AddProxyLogs().Services.BuildServiceProvider();
        _ = services.GetRequiredService<ILastGoodOptions<ProxyLogsOptions>>().Current;
        return services;
    }
}
