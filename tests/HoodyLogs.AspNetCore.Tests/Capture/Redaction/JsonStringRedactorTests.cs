using System.Buffers;
using System.Text;
using System.Text.Json;
using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Redaction;
using HoodyLogs.AspNetCore.Capture.Redaction.Json;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Urls;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Redaction;

/// <summary>Sensitive values that JSON strings quote.</summary>
public sealed class JsonStringRedactorTests
{
    private readonly SensitiveNames _names = new(new CaptureOptions().SensitiveNames);

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
    [TestCase("{\"k\":\"my key sk_live_s3crets3crets3cret\"}")]
    [TestCase("{\"k\":\"text eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ.s3cret\"}")]
    [TestCase("{\"k\":\"x Bearer s3cret12345678\"}")]
    [TestCase("{\"q\":\"\\u003cpassword\\u003es3cret\\u003c/password\\u003e\"}")]
    [TestCase("{\"q\":\"https://x/y?token\\u003ds3cret\"}")]
    [TestCase("{\"q\":\"{\\u0022password\\u0022\\u003a\\u0022s3cret\\u0022}\"}")]
    [TestCase("{\"q\":\"https:\\u002f\\u002fu:s3cret@h\"}")]
    [TestCase("{\"q\":\"pass\\u0077ord=s3cret\"}")]
    [TestCase("{\"q\":\"see /reset-password/s3cret\"}")]
    [TestCase("{\"q\":\"curl -u bob:s3cret https://h\"}")]
    [TestCase("{\"q\":\"password is s3cret1\"}")]
    [TestCase("{\"q\":\"password\\t=\\ts3cret\"}")]
    [TestCase("{\"q\":\"login(password: \\\"\\\"\\\"s3cret\\\"\\\"\\\")\"}")]
    [TestCase("{\"q\":\"<input name='token' value='s3cret'>\"}")]
    [TestCase("{\"dbPassword\":\"s3cret\",\"DB_PASSWORD\":\"s3cret\",\"userToken\":\"s3cret\",\"password2\":\"s3cret\",\"smtp-secret\":\"s3cret\"}")]
    [TestCase("{\"name\":\"password\",\"value\":\"s3cret\"}")]
    [TestCase("{\"key\":\"password\",\"type\":1,\"value\":{\"a\":\"s3cret\"}}")]
    [TestCase("{\"value\":\"s3cret\",\"name\":\"password\"}")]
    public void Sensitive_values_in_strings_are_redacted_and_the_text_stays_valid_JSON(string json)
    {
        foreach (var isWhole in new[] { true, false })
        {
            var redacted = Redact(json, isWhole);
            redacted.Should().Contain("[redacted]").And.NotContain("s3cret");
            JsonDocument.Parse(redacted).Dispose();
        }
    }

    [TestCase("{\"tokenType\":\"x\",\"token_type\":\"x\",\"keyId\":\"x\",\"primaryKey\":\"x\",\"errorCode\":1,\"status_code\":1,\"nextPageToken\":\"x\",\"zipCode\":\"1\"}")]
    [TestCase("{\"name\":\"color\",\"value\":\"x\",\"a\":[{\"name\":\"size\"},{\"value\":1}],\"t\":\"the key token of basic use\"}")]
    [TestCase("{\"at\":\"2024-01-01T00:00:00Z\",\"url\":\"https://x/y?z=1\",\"mail\":\"me@x\",\"note\":\"a: b = c\"}")]
    public void Strings_without_sensitive_values_do_not_change(string json) => Redact(json, isWhole: true).Should().Be(json);

    private string Redact(string json, bool isWhole)
    {
        var fields = new FieldRedactor(_names);
        var output = new ArrayBufferWriter<byte>();
        JsonRedactor.TryRedact(Encoding.UTF8.GetBytes(json), isWhole, _names, output, out _, new MessageRedactor(_names, ["Cookie"], fields, new PathRedactor(["/reset-password/*"]))).Should().BeTrue();
        return output.WrittenCount == 0 ? json : Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
