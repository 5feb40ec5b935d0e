using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Recording;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Logging;

/// <summary>The values of log records by name.</summary>
public sealed class EventAttributesTests
{
    [Test]
    public async Task Values_are_stored_by_name_with_their_types()
    {
        var entry = await LogAsync(logger => logger.LogWarning(
            "Order {OrderId} of {@User} took {Elapsed} for {Price}: {Paid}, {Nothing}, {Tags}, {When}, {Big}",
            4711, "ada", 1.5, 12.50m, true, null, new[] { "a", "b" }, DateTimeOffset.UnixEpoch, ulong.MaxValue));
        entry.Data("message").GetString().Should().StartWith("Order 4711 of ada took 1.5 for 12.50: True, (null), a, b");
        var attributes = entry.Data("attributes");
        attributes.GetProperty("OrderId").GetInt64().Should().Be(4711);
        attributes.GetProperty("User").GetString().Should().Be("ada");
        attributes.GetProperty("Elapsed").GetDouble().Should().Be(1.5);
        attributes.GetProperty("Price").GetRawText().Should().Be("12.50");
        attributes.GetProperty("Paid").GetBoolean().Should().BeTrue();
        attributes.GetProperty("Nothing").ValueKind.Should().Be(JsonValueKind.Null);
        attributes.GetProperty("Tags").GetString().Should().Be("a, b");
        attributes.GetProperty("When").GetString().Should().Be("1970-01-01T00:00:00.0000000+00:00");
        attributes.GetProperty("Big").GetUInt64().Should().Be(ulong.MaxValue);
        attributes.EnumerateObject().Should().HaveCount(9);
    }

    [TestCase("Password")]
    [TestCase("AccessToken")]
    [TestCase("@ApiKey")]
    [TestCase("$Cookie")]
    [TestCase("XApiKey")]
    [TestCase("client_secret")]
    [TestCase("User.Password")]
    public async Task A_value_with_a_sensitive_name_is_redacted_and_the_template_replaces_the_message(string name)
    {
        var template = $"{{User}} sent {{{name}}} and x=1&token=s3cret";
#pragma warning disable CA2254 // the tests vary the name
        var entry = await LogAsync(logger => logger.LogError(template, "ada", "s3cret"));
#pragma warning restore CA2254
        entry.Data("message").GetString().Should().Be($"{{User}} sent {{{name}}} and x=1&token=[redacted]");
        entry.Data("attributes").GetProperty("User").GetString().Should().Be("ada");
        entry.Data("attributes").GetProperty(name.TrimStart('@', '$')).GetString().Should().Be("[redacted]");
        entry.Data.GetRawText().Should().NotContain("s3cret");
    }

    [Test]
    public async Task A_value_with_a_sensitive_name_redacts_a_message_without_a_template()
    {
        var entry = await LogAsync(logger => logger.Log(
            LogLevel.Error, default, new Dictionary<string, object?> { ["token"] = "s3cret" }, null, (_, _) => "it is s3cret"));
        entry.Data("message").GetString().Should().Be("[redacted]");
        entry.Data.GetRawText().Should().NotContain("s3cret");
    }

    [Test]
    public async Task Sensitive_values_in_a_collection_or_in_JSON_are_redacted()
    {
        var entry = await LogAsync(logger => logger.LogError(
            "{Settings} {Query} {Json} {Pair}", new Dictionary<string, string> { ["Host"] = "x", ["Password"] = "s3cret" },
            new List<KeyValuePair<string, StringValues>> { new("access_token", "s3cret"), new("page", "1") }, new JsonObject { ["token"] = "s3cret", ["n"] = 1 }, KeyValuePair.Create("password", "s3cret")));
        entry.Data("message").GetString().Should().Be("{Settings} {Query} {Json} {Pair}");
        var attributes = entry.Data("attributes");
        attributes.GetProperty("Settings").GetString().Should().Be("[Host, x], [Password, [redacted]]");
        attributes.GetProperty("Query").GetString().Should().Be("[access_token, [redacted]], [page, 1]");
        attributes.GetProperty("Pair").GetString().Should().Be("[password, [redacted]]");
        attributes.GetProperty("Json").GetString().Should().Be("""{"token":[redacted],"n":1}""");
        entry.Data.GetRawText().Should().NotContain("s3cret");
    }

    [TestCase("password={P}", "s3cret", "x")]
    [TestCase("token={0}", "s3cret", "x")]
    [TestCase("/?token={T}", "s3cret", "x")]
    [TestCase("{{\"password\":\"{Given}\"}}", "s3cret", "x")]
    [TestCase("https://{U}:{Pw}@host/", "me", "s3cret")]
    [TestCase("{Name}={Value}", "password", "s3cret")]
    [TestCase("{Key}={Value}", "password", "s3cret")]
    public async Task A_value_after_a_sensitive_name_in_the_message_is_redacted(string template, string first, string second)
    {
#pragma warning disable CA2254 // the tests vary the template
        var entry = await LogAsync(logger => logger.LogError(template, first, second));
#pragma warning restore CA2254
        entry.Data.GetRawText().Should().Contain("[redacted]").And.NotContain("s3cret");
    }

    [TestCase("password: {P} of {User}", "s3cret s3cret2", "ada", "password: [redacted] of ada")]
    [TestCase("Cookie: \"{C}\" of {User}", "sid=s3cret; b=\"s3cret\"", "ada", "Cookie: [redacted]")]
    [TestCase("Bearer \"{C}\" {User}", "s3cret", "ada", "Bearer [redacted] ada")]
    [TestCase("Bearer '{C}' {User}", "s3cret s3cret2", "ada", "Bearer [redacted] ada")]
    [TestCase("{Name}={Value}", "password", "s3cret s3cret2", "password=[redacted]")]
    [TestCase("login {{ password: {P} }} by {User}", "s3cret } s3cret", "ada", "login { password: [redacted] } by ada")]
    [TestCase("token={P,20} and {User}", "s3cret s3cret2", "ada", "token=[redacted] and ada")]
    public async Task The_whole_value_after_a_sensitive_name_is_redacted(string template, string first, string second, string message)
    {
#pragma warning disable CA2254 // the tests vary the template
        var entry = await LogAsync(logger => logger.LogError(template, first, second));
#pragma warning restore CA2254
        entry.Data.GetRawText().Should().NotContain("s3cret");
        entry.Data("message").GetString().Should().Be(message);
    }

    /// <summary>Serilog passes its values and its template as ASP.NET Core does, but quotes strings in the message.</summary>
    [TestCase("Bearer {C}", "hunter8hunter8", "Bearer \"hunter8hunter8\"")]
    [TestCase("Cookie: {C}", "sid=hunterB; b=2", "Cookie: \"sid=hunterB; b=2\"")]
    [TestCase("Set-Cookie: {C}", "sid=\"hunterB\"; b=2", "Set-Cookie: \"sid=\\\"hunterB\\\"; b=2\"")]
    [TestCase("X-Api-Key: {C}", "hunterC", "X-Api-Key: \"hunterC\"")]
    [TestCase("https://u:{C}@host/", "hunterI", "https://u:\"hunterI\"@host/")]
    [TestCase("password: {C:l}", "hunterD hunterE", "password: hunterD hunterE")]
    [TestCase("password: {C}", "hunterD hunterE", "password: <hunterD hunterE>")]
    public async Task A_message_with_quoted_strings_is_redacted(string template, string value, string message)
    {
        var entry = await LogAsync(logger => logger.Log(
            LogLevel.Error, default, new List<KeyValuePair<string, object?>> { new("C", value), new("SourceContext", "x"), new("{OriginalFormat}", template) }, null, (_, _) => message));
        entry.Data.GetRawText().Should().Contain("[redacted]").And.NotContain("hunter");
        entry.Data("attributes").GetProperty("SourceContext").GetString().Should().Be("x");
    }

    [Test]
    public async Task A_sensitive_value_is_redacted_at_each_occurrence()
    {
        var entry = await LogAsync(logger => logger.LogError("password: {P}; {Other} has it too: {Last}", "s3cret two", "ada s3cret two", "s3cret two"));
        entry.Data("message").GetString().Should().NotContain("s3cret");
    }

    [Test]
    public async Task An_empty_value_is_not_sensitive()
    {
        var entry = await LogAsync(logger => logger.LogError("{Token} none, {Password} empty", null, ""));
        entry.Data("message").GetString().Should().Be("(null) none,  empty");
        entry.Data("attributes").GetRawText().Should().Be("""{"Token":null,"Password":""}""");
    }

    [Test]
    public async Task Urls_in_values_are_redacted()
    {
        var entry = await LogAsync(logger => logger.LogError("GET {Url}", new Uri("https://me:s3cret@x/?token=s3cret&y=1")));
        entry.Data("attributes").GetProperty("Url").GetString().Should().Be("https://[redacted]@x/?token=[redacted]&y=1");
        entry.Data.GetRawText().Should().NotContain("s3cret");
    }

    [Test]
    public async Task A_repeated_name_is_stored_once_and_numbers_outside_of_JSON_are_stored_as_text()
    {
        var entry = await LogAsync(logger => logger.LogError("{A} {A} {B} {C}", 1, 2, double.NaN, DayOfWeek.Friday));
        var attributes = entry.Data("attributes");
        attributes.EnumerateObject().Select(member => member.Name).Should().Equal("A", "B", "C");
        attributes.GetRawText().Should().Be("""{"A":1,"B":"NaN","C":"Friday"}""");
        entry.Data("attributesTruncated").GetBoolean().Should().BeTrue();
        var infinite = await LogAsync(logger => logger.LogError(
            "{A} {B} {C} {D}", double.PositiveInfinity, float.NegativeInfinity, double.NegativeInfinity, new DateOnly(2024, 2, 3)));
        infinite.Data("attributes").GetRawText().Should().Be("""{"A":"Infinity","B":"-Infinity","C":"-Infinity","D":"2024-02-03"}""");
    }

    [Test]
    public async Task Values_are_limited_and_flags_show_truncation()
    {
        var many = await LogAsync(logger => logger.Log(
            LogLevel.Error, default, Enumerable.Range(0, 1000).Select(i => KeyValuePair.Create($"n{i}", (object?)i)), null, (_, _) => "many"));
        many.Data("attributes").EnumerateObject().Should().HaveCount(32);
        many.Data("attributesTruncated").GetBoolean().Should().BeTrue();
        var endless = await LogAsync(logger => logger.Log(
            LogLevel.Error, default, new Dictionary<string, object?> { ["Endless"] = Numbers(), [new string('k', 5000)] = 1, ["after"] = new string('x', 100_000) },
            null, (_, _) => "long"));
        var attributes = endless.Data("attributes").EnumerateObject().ToList();
        attributes.Should().HaveCount(3);
        attributes.Should().OnlyContain(member => member.Name.Length <= 1024 && member.Value.GetRawText().Length <= 1026);
        endless.Data("attributesTruncated").GetBoolean().Should().BeTrue();
        var large = await LogAsync(logger => logger.Log(
            LogLevel.Error, default, Enumerable.Range(0, 30).Select(i => KeyValuePair.Create($"n{i}", (object?)new string('x', 1000))), null, (_, _) => "large"));
        large.Data("attributes").EnumerateObject().Should().HaveCountLessThan(12);
        large.Data("attributesTruncated").GetBoolean().Should().BeTrue();
        var empty = await LogAsync(logger => logger.Log(
            LogLevel.Error, default, new Dictionary<string, object?> { ["Empty"] = Numbers().Select(_ => ""), ["Pair"] = new[] { "", "a" } }, null, (_, _) => "empty"));
        empty.Data("attributes").GetProperty("Pair").GetString().Should().Be(", a");
        static IEnumerable<int> Numbers()
        {
            for (var i = 0; ; i++) yield return i;
        }
    }

    [Test]
    public async Task A_plain_message_has_no_values()
    {
        var entry = await LogAsync(logger => logger.LogError("plain"));
        entry.Data("message").GetString().Should().Be("plain");
        entry.HasData("attributes").Should().BeFalse();
    }

    [Test]
    public async Task A_value_that_throws_does_not_affect_the_exchange_and_is_counted()
    {
        await using var server = await StartAsync(logger => logger.LogError(new InvalidOperationException("why"), "{User} {Broken}", "ada", new Broken()));
        (await server.Client.GetStringAsync("/")).Should().Be("answer");
        var entry = (await server.NextAsync()).Request();
        entry.Data("message").GetString().Should().Be("{User} {Broken}");
        entry.Data("exception").GetString().Should().Contain("why");
        entry.Data("attributes").GetRawText().Should().Be("""{"User":"ada","Broken":"[unreadable]"}""");
        (await server.NextAsync()).Shape.Should().Be(RecordShape.Exchange);
        server.Services.GetRequiredService<ExchangeRecorder>().Failures.Should().Be(2);
    }

    private static async Task<LogEntry> LogAsync(Action<ILogger> log)
    {
        await using var server = await StartAsync(log);
        await server.Client.GetAsync("/");
        return (await server.NextAsync()).Request();
    }

    private static Task<CaptureServer> StartAsync(Action<ILogger> log) => CaptureServer.StartAsync(
        app => app.MapGet("/", (ILoggerFactory factory) =>
        {
            log(factory.CreateLogger("Host.Part"));
            return "answer";
        }),
        build: builder => builder.Logging.ClearProviders().AddProxyLogs());

    private sealed class Broken : IFormattable
    {
        public string ToString(string? format, IFormatProvider? formatProvider) => throw new InvalidOperationException("cannot be written");

        public override string ToString() => ToString(null, CultureInfo.InvariantCulture);
    }
}
