using System.Buffers;
using System.Text;
using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Redaction.Json;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Redaction;

public sealed class JsonRedactorTests
{
    private static readonly SensitiveNames Names = new(new CaptureOptions().SensitiveNames);

    [TestCase("""{"token":"s3cret"}""", """{"token":"[redacted]"}""")]
    [TestCase("""{ "a" : 1, "Password" : "s3cret" , "b" : [ 2 ] }""", """{ "a" : 1, "Password" : "[redacted]" , "b" : [ 2 ] }""")]
    [TestCase("""{"token":12345,"key":null,"code":true}""", """{"token":"[redacted]","key":"[redacted]","code":"[redacted]"}""")]
    [TestCase("""{"secret":{"a":["s3cret",{"b":"s3cret"}]},"c":1}""", """{"secret":"[redacted]","c":1}""")]
    [TestCase("""[{"x":{"pwd":"s3cret"}},"token"]""", """[{"x":{"pwd":"[redacted]"}},"token"]""")]
    [TestCase("""{"pass\u0077ord":"s3cret"}""", """{"pass\u0077ord":"[redacted]"}""")]
    [TestCase("{\"token\":\"s3cret\"}\n{\"token\":\"s3cret\"}\n", "{\"token\":\"[redacted]\"}\n{\"token\":\"[redacted]\"}\n")]
    [TestCase("""{"a":"token","tokens":"shown"}""", """{"a":"token","tokens":"shown"}""")]
    [TestCase("12", "12")]
    public void Values_of_sensitive_properties_are_redacted_and_nothing_else_changes(string json, string expected) =>
        Redact(json, isWhole: true).Should().Be(expected);

    [TestCase("""{"a":"shown","b":"unfini""", """{"a":"shown","b":""")]
    [TestCase("""{"token":"s3cr""", """{"token":""")]
    [TestCase("""{"token":{"x":"s3cret","y""", """{"token":"[redacted]""" + "\"")]
    [TestCase("""{"a":"shown","tok""", """{"a":"shown",""")]
    [TestCase("""{"n":123""", """{"n":""")]
    [TestCase("""{"password":"s3cret","b":"unfini""", """{"password":"[redacted]","b":""")]
    public void Truncated_JSON_is_redacted_and_its_incomplete_last_token_is_dropped(string json, string expected)
    {
        var redacted = Redact(json, isWhole: false)!;
        redacted.TrimEnd(',').Should().Be(expected.TrimEnd(','));
        redacted.Should().NotContain("s3cr");
    }

    [Test]
    public void Sensitive_values_are_redacted_wherever_JSON_is_truncated()
    {
        const string Json = """{"a":[1,"x",{"token":"s3cret","p":{"password":["s3cret","s3cret"]}}],"secret":{"deep":{"deeper":"s3cret"}},"z":"é"}""";
        var bytes = Encoding.UTF8.GetBytes(Json);
        for (var length = 0; length < bytes.Length; length++)
        {
            var output = new ArrayBufferWriter<byte>();
            JsonRedactor.TryRedact(bytes.AsSpan(0, length), false, Names, output, out var kept).Should().BeTrue();
            var text = Encoding.UTF8.GetString(output.WrittenCount > 0 ? output.WrittenSpan : bytes.AsSpan(0, kept));
            text.Should().NotContain("s3");
        }
    }

    [TestCase("""{"token":"s3cret" """)]
    [TestCase("token: s3cret")]
    [TestCase("""{"a":1}}""")]
    [TestCase("""{'token':'s3cret'}""")]
    public void Text_that_is_not_JSON_is_rejected(string text) => Redact(text, isWhole: true).Should().BeNull();

    [TestCase("[")]
    [TestCase("{")]
    [TestCase("[1")]
    [TestCase("[1,")]
    [TestCase("[,]")]
    [TestCase("""{"a":1,,"b":2}""")]
    [TestCase("""{"a" 1}""")]
    [TestCase("""{"a":}""")]
    [TestCase("""{"a":01}""")]
    [TestCase("""{"a":1.}""")]
    [TestCase("""{"a":-}""")]
    [TestCase("""{"a":1e}""")]
    [TestCase("""{"a":truth}""")]
    [TestCase("""{"a":"\x"}""")]
    [TestCase("""{"a":"\u12g4"}""")]
    [TestCase("{\"a\":\"line\nbreak\"}")]
    [TestCase("{\"a\":\"far behind sixteen bytes a control character \u0001\"}")]
    [TestCase("[1}")]
    [TestCase("1 \0")]
    public void Invalid_JSON_is_rejected(string text) => Redact(text, isWhole: true).Should().BeNull();

    [TestCase(63)]
    [TestCase(64)]
    [TestCase(65)]
    [TestCase(512)]
    public void Sensitive_properties_are_redacted_at_any_depth(int depth)
    {
        var json = string.Concat(Enumerable.Repeat("""{"a":""", depth - 1)) + """{"token":"s3cret"}""" + new string('}', depth - 1);
        Redact(json, isWhole: true).Should().Be(json.Replace("s3cret", "[redacted]", StringComparison.Ordinal));
    }

    [Test]
    public void More_sensitive_properties_than_the_scanner_supports_are_all_redacted()
    {
        var json = "[" + string.Join(',', Enumerable.Range(0, 100).Select(i => $$"""{"token":"s3cret {{i}}","n":{{i}}}""")) + "]";
        var redacted = Redact(json, isWhole: true)!;
        redacted.Should().NotContain("s3cret");
        redacted.Split("[redacted]").Should().HaveCount(101);
    }

    [TestCase("token")]
    [TestCase("x")]
    [TestCase("api-key_2")]
    [TestCase("größe")]
    [TestCase("ωmega")]
    [TestCase("clé")]
    public void A_configured_name_of_any_letters_matches_in_uppercase_and_lowercase(string name)
    {
        var names = new SensitiveNames([name]);
        names.Contains(Encoding.UTF8.GetBytes(name)).Should().BeTrue();
        names.Contains(Encoding.UTF8.GetBytes(name.ToUpperInvariant())).Should().BeTrue();
        names.Contains(Encoding.UTF8.GetBytes(name + "s")).Should().BeFalse();
        names.Contains(Encoding.UTF8.GetBytes(name[1..])).Should().BeFalse();
    }

    [TestCase("access_token", "accessToken")]
    [TestCase("access_token", "AccessToken")]
    [TestCase("access_token", "ACCESS-TOKEN")]
    [TestCase("access_token", "_access_token_")]
    [TestCase("access_token", "access__token")]
    [TestCase("access_token", "-access-token-")]
    [TestCase("apikey", "api-key")]
    [TestCase("clé_api", "CléApi")]
    public void Names_match_with_and_without_underscores_and_hyphens(string configured, string name)
    {
        foreach (var names in new[] { new SensitiveNames([configured]), new SensitiveNames([configured, "x"]) })
        {
            names.Contains(name).Should().BeTrue();
            names.Contains(Encoding.UTF8.GetBytes(name)).Should().BeTrue();
        }
    }

    [Test]
    public void A_name_of_only_separators_and_a_long_padded_name_are_not_sensitive()
    {
        var names = new SensitiveNames(["token", "_"]);
        foreach (var name in new[] { "", "_", "__", "-", "-_-", new string('_', 100_000), "to" + new string('-', 100_000) + "kens" })
        {
            names.Contains(name).Should().BeFalse();
            names.Contains(Encoding.UTF8.GetBytes(name)).Should().BeFalse();
        }
    }

    private static string? Redact(string json, bool isWhole)
    {
        var output = new ArrayBufferWriter<byte>();
        var bytes = Encoding.UTF8.GetBytes(json);
        if (!JsonRedactor.TryRedact(bytes, isWhole, Names, output, out var length)) return null;
        return Encoding.UTF8.GetString(output.WrittenCount > 0 ? output.WrittenSpan : bytes.AsSpan(0, length));
    }
}
