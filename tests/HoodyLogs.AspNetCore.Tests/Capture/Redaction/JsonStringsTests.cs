using System.Buffers;
using System.Text;
using System.Text.Json;
using FluentAssertions;
using HoodyLogs.AspNetCore.Capture;
using HoodyLogs.AspNetCore.Capture.Redaction;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Redaction;

/// <summary>Secrets that strings of JSON quote.</summary>
public sealed class JsonStringsTests
{
    private readonly SecretNames _names = new(new CaptureOptions().RedactQuery);

    [TestCase("{\"query\":\"mutation{login(password:\\\"s3cret\\\")}\"}")]
    [TestCase("{\"q\":\"{login(password:'s3cret')}\"}")]
    [TestCase("{\"u\":\"https://x/?token=s3cret&y=1\"}")]
    [TestCase("{\"u\":\"https://u:s3cret@x/\"}")]
    [TestCase("{\"a\":[\"Bearer s3cret12345678\",\"eyJhbGciOiJIs3cretUzI1NiJ9.a.b\"]}")]
    [TestCase("{\"u\":\"%3Ftoken%3Ds3cret\"}")]
    [TestCase("{\"x\":\"<password>s3cret<\\/password>\"}")]
    [TestCase("{\"l\":\"a\\npassword=s3cret\\nb\"}")]
    [TestCase("{\"l\":\"a password=s3cret\\\" b\"}")]
    [TestCase("{\"l\":\"a password: \\u0022s3cret\\u0022 b\"}")]
    [TestCase("{\"env\":\"DB_PASSWORD=s3cret\"}")]
    public void Nothing_of_a_secret_stays_in_a_string_and_the_text_stays_JSON(string json)
    {
        foreach (var isWhole in new[] { true, false })
        {
            var redacted = Redact(json, isWhole);
            redacted.Should().Contain("[redacted]").And.NotContain("s3cret");
            JsonDocument.Parse(redacted).Dispose();
        }
    }

    [TestCase("{\"at\":\"2024-01-01T00:00:00Z\",\"url\":\"https://x/y?z=1\",\"mail\":\"me@x\",\"note\":\"a: b = c\"}")]
    public void Strings_without_secrets_stay_as_they_are(string json) => Redact(json, isWhole: true).Should().Be(json);

    private string Redact(string json, bool isWhole)
    {
        var fields = new FieldRedactor(_names);
        var output = new ArrayBufferWriter<byte>();
        JsonRedactor.TryRedact(Encoding.UTF8.GetBytes(json), isWhole, _names, output, out _, new MessageRedactor(_names, ["Cookie"], fields)).Should().BeTrue();
        return output.WrittenCount == 0 ? json : Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
