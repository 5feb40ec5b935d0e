using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Redaction;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;
using HoodyLogs.AspNetCore.Capture.Redaction.Urls;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Redaction;

/// <summary>The finders count the characters that they look at. Twice the text may take at most about twice the steps.</summary>
public sealed class RedactionCostTests
{
    private const int Length = 16_384;
    private const int Slack = 5_000;

    private readonly MessageRedactor _redactor;

    public RedactionCostTests()
    {
        var names = new SensitiveNames(new CaptureOptions().SensitiveNames);
        _redactor = new MessageRedactor(names, ["Cookie"], new FieldRedactor(names), new PathRedactor(["/**/a/**/b/*", "/bot*/**"]));
    }

    [TestCase("a=")]
    [TestCase("=")]
    [TestCase(":")]
    [TestCase("::")]
    [TestCase("a:")]
    [TestCase("\"")]
    [TestCase("'")]
    [TestCase("\\")]
    [TestCase("%")]
    [TestCase("<")]
    [TestCase("<a>")]
    [TestCase(">")]
    [TestCase("->")]
    [TestCase("--")]
    [TestCase("-u ")]
    [TestCase("@")]
    [TestCase("/")]
    [TestCase("//")]
    [TestCase("://u:x/")]
    [TestCase("//u:x/")]
    [TestCase("//u:x")]
    [TestCase("a:b@")]
    [TestCase("eyJ")]
    [TestCase("bot")]
    [TestCase("bot1")]
    [TestCase("-----BEGIN PRIVATE ")]
    [TestCase("Bearer ")]
    [TestCase("Bearer \"")]
    [TestCase("Digest a=")]
    [TestCase("token ")]
    [TestCase("token is ")]
    [TestCase("password: ;")]
    [TestCase("token=x ")]
    [TestCase("token=x; ")]
    [TestCase("Cookie:")]
    [TestCase("name=password ")]
    [TestCase("name=password value ")]
    [TestCase("<password>")]
    [TestCase("<password><a>")]
    [TestCase("<password")]
    [TestCase("[token,")]
    [TestCase("(token, ")]
    [TestCase("“")]
    [TestCase("“a”:")]
    [TestCase("&quot;")]
    [TestCase("&quot;token&quot;:")]
    [TestCase("\\u0022")]
    [TestCase("\\u0022token\\u0022:{")]
    [TestCase("token: |\n  ")]
    [TestCase("token: x\n")]
    [TestCase("a.")]
    [TestCase("a_")]
    [TestCase("_-")]
    [TestCase("token_")]
    [TestCase("%2541")]
    [TestCase("\\\"")]
    [TestCase("{\"token\":")]
    [TestCase("token:{")]
    [TestCase("token:[\"")]
    [TestCase("token:\"a\\")]
    [TestCase("a, ")]
    [TestCase("[a, ")]
    [TestCase("x:y@z/")]
    [TestCase("token='")]
    [TestCase("token=\"\"")]
    [TestCase("'token'")]
    [TestCase("token is \"")]
    [TestCase("Basic aaaa ")]
    [TestCase("/bot1/")]
    [TestCase("/a/b")]
    [TestCase("?a=/b&")]
    [TestCase(" /")]
    [TestCase("/x?a=")]
    [TestCase("/a%2f")]
    [TestCase("/..")]
    [TestCase("/a;")]
    public void Work_is_linear_in_the_length_of_a_hostile_text(string piece)
    {
        foreach (var isDocument in new[] { false, true })
        {
            foreach (var end in new[] { "", "@x", "\"", "=%41" })
            {
                var once = Steps(piece, Length, end, isDocument);
                Steps(piece, 2 * Length, end, isDocument).Should().BeLessThan((long)(2.3 * once) + Slack, $"the end is '{end}'");
                once.Should().BeLessThan(1100L * Length);
            }
        }
    }

    [Test]
    public void Steps_are_counted() => Steps("a=", Length, "", isDocument: false).Should().BeGreaterThan(Length / 2);

    private long Steps(string piece, int length, string end, bool isDocument)
    {
        var found = default(RedactionSpans);
        _redactor.Find(string.Concat(Enumerable.Repeat(piece, length / piece.Length)) + end, isDocument, ref found);
        return found.Steps;
    }
}
