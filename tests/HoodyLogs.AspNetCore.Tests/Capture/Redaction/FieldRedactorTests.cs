using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Redaction;
using HoodyLogs.AspNetCore.Capture.Redaction.Finders;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Urls;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Redaction;

public sealed class FieldRedactorTests
{
    private readonly FieldRedactor _redactor = new(new SensitiveNames(new CaptureOptions().SensitiveNames));

    [TestCase("/a?token=s3cret", "/a?token=[redacted]")]
    [TestCase("/a?x=1&token=s3cret&y=2", "/a?x=1&token=[redacted]&y=2")]
    [TestCase("/a?TOKEN=s3cret", "/a?TOKEN=[redacted]")]
    [TestCase("/a?to%6Ben=s3cret", "/a?to%6Ben=[redacted]")]
    [TestCase("/a?api%5Fkey=s3cret", "/a?api%5Fkey=[redacted]")]
    [TestCase("/a?+token=s3cret", "/a?+token=[redacted]")]
    [TestCase("/a?token[]=s3cret", "/a?token[]=[redacted]")]
    [TestCase("/a?user[password]=s3cret", "/a?user[password]=[redacted]")]
    [TestCase("/a?user%5Bpassword%5D=s3cret", "/a?user%5Bpassword%5D=[redacted]")]
    [TestCase("/a?Input.Password=s3cret", "/a?Input.Password=[redacted]")]
    [TestCase("/a?users[0].password=s3cret", "/a?users[0].password=[redacted]")]
    [TestCase("/a?accessToken=s3cret&api-key=s3cret", "/a?accessToken=[redacted]&api-key=[redacted]")]
    [TestCase("/a?_token=s3cret", "/a?_token=[redacted]")]
    [TestCase("/a?token=s3cret/with=signs?and;more", "/a?token=[redacted]")]
    [TestCase("/a?x=1;token=s3cret", "/a?x=1;token=[redacted]")]
    [TestCase("/a?token=s3cret&token=s3cret2", "/a?token=[redacted]&token=[redacted]")]
    [TestCase("/a?x=token=s3cret", "/a?x=token=[redacted]")]
    [TestCase("/a;token=s3cret/b", "/a;token=[redacted]/b")]
    [TestCase("/a#access_token=s3cret", "/a#access_token=[redacted]")]
    [TestCase("/a?next=https%3A%2F%2Fx%2F%3Fx%3D1%26token%3Ds3cret&y=2", "/a?next=[redacted]&y=2")]
    [TestCase("/a?next=%2Fb%3Fnext%3D%252Fc%253Ftoken%253Ds3cret", "/a?next=[redacted]")]
    [TestCase("/a?next=https%3A%2F%2Fme%3As3cret%40x%2F", "/a?next=[redacted]")]
    [TestCase("/a?next=https://me:s3cret@x/&y=2", "/a?next=https://[redacted]@x/&y=2")]
    [TestCase("/a?user[password][]=s3cret", "/a?user[password][]=[redacted]")]
    [TestCase("/a?user[credentials][0]=s3cret", "/a?user[credentials][0]=[redacted]")]
    [TestCase("/a?user['password']=s3cret", "/a?user['password']=[redacted]")]
    [TestCase("/a?Smtp__Password=s3cret", "/a?Smtp__Password=[redacted]")]
    [TestCase("/a?token.x=s3cret", "/a?token.x=[redacted]")]
    [TestCase("/a#/access_token=s3cret", "/a#/access_token=[redacted]")]
    [TestCase("/a,token=s3cret?x=1,token=s3cret", "/a,token=[redacted]?x=1,token=[redacted]")]
    [TestCase("/a%3Btoken=s3cret/b", "/a%3Btoken=[redacted]/b")]
    [TestCase("/a;token%3Ds3cret/b", "/[redacted]/b")]
    [TestCase("/proxy/https%3A%2F%2Fx%2F%3Ftoken%3Ds3cret/b", "/proxy/[redacted]/b")]
    [TestCase("/proxy/https%3A%2F%2Fme%3As3cret%40x%2F", "/proxy/[redacted]")]
    [TestCase("/l?https%3A%2F%2Fx%2F%3fcode%3ds3cret", "/l?[redacted]")]
    [TestCase("/a?payload=%7B%22token%22%3A%22s3cret%22%7D&y=1", "/a?payload=[redacted]&y=1")]
    [TestCase("/a?filter={\"password\":\"s3cret\"}&y=1", "/a?filter=[redacted]&y=1")]
    [TestCase("/a?n=%252Fb%253Fn%253D%25252Fc%25253Ftoken%25253Ds3cret", "/a?n=[redacted]")]
    [TestCase("/a?u=https://me:p's3cret@x/", "/a?u=https://[redacted]@x/")]
    [TestCase("/https://me:s3cret@x/path", "/https://[redacted]@x/path")]
    public void Sensitive_values_are_redacted_in_each_notation_of_a_url(string url, string expected) => _redactor.RedactUrl(url).Should().Be(expected);

    [TestCase("/")]
    [TestCase("/a/b?x=1&y=%20&tokens=5&mytoken=6&z")]
    [TestCase("/a?token=&x=1")]
    [TestCase("/a?to.ken=2&.=3&_=4&-=5&[]=6&__=7&%3D&x%3D1")]
    [TestCase("/a?token")]
    [TestCase("/a%20b/me%40example.com/https%3A%2F%2Fx?q=100%25")]
    [TestCase("/tokens/token?next=%2Fb")]
    [TestCase("/a?next=https%3A%2F%2Fx%2F%3Fx%3D1")]
    [TestCase("/a?mail=me@example.com&u=https://x/@y")]
    [TestCase("/a?%=%zz&=&==")]
    public void A_url_without_sensitive_values_is_returned_as_the_same_instance(string url) => _redactor.RedactUrl(url).Should().BeSameAs(url);

    [TestCase("next=https://me:s3cret@x/&y=https://me:s3cret@x", "next=https://[redacted]@x/&y=https://[redacted]@x")]
    [TestCase("user=me&password=s3cret&x=1", "user=me&password=[redacted]&x=1")]
    [TestCase("password=s3cret", "password=[redacted]")]
    public void A_form_is_redacted_like_a_query(string form, string expected) => _redactor.RedactForm(form).Should().Be(expected);

    /// <summary>With quadratic work, this test would not end.</summary>
    [TestCase("a=", "%2541")]
    [TestCase("a=", "%41")]
    [TestCase("a%3D", "%41")]
    [TestCase("a%253D", "%41")]
    [TestCase("/a%3D", "?")]
    [TestCase("=", "")]
    [TestCase("[", "=")]
    [TestCase("a.", "=1")]
    [TestCase("%", "=1")]
    [TestCase("://a@", "")]
    [TestCase("://", "a@")]
    [TestCase("a:\"", "=%41")]
    [TestCase("a=\"x\":1", "%41")]
    [TestCase("a=_-", "%41")]
    [TestCase("\"\\\"token\\\":\\\"x\\\",", "\"")]
    [TestCase("\\\"token\\\":\\\"x\\\",", "\"")]
    [TestCase("\"token\":\"", "")]
    [TestCase("token=x ", "%41")]
    [TestCase("token: ; ", "=")]
    [TestCase("Cookie:", "x")]
    [TestCase("Bearer ", "x")]
    [TestCase(" = ", "x")]
    [TestCase("; token=x y", "=")]
    public void A_long_hostile_text_is_redacted_in_linear_time(string piece, string end)
    {
        var text = "/?" + string.Concat(Enumerable.Repeat(piece, 256 * 1024 / piece.Length)) + end;
        _redactor.RedactUrl(text).Should().NotBeEmpty();
        _redactor.RedactUrl(text[2..]).Should().NotBeEmpty();
        _redactor.RedactForm(text).Should().NotBeEmpty();
        var names = new SensitiveNames(new CaptureOptions().SensitiveNames);
        foreach (var withinStrings in new[] { false, true }) new EmbeddedJsonRedactor(names).Redact(text, withinStrings).Should().NotBeEmpty();
        new MessageRedactor(names, ["Cookie"], _redactor).Redact(text, text.Length).Should().NotBeEmpty();
    }

    [Test]
    public void Additional_names_are_redacted_and_lone_surrogates_are_accepted()
    {
        var redactor = new FieldRedactor(new SensitiveNames(["pass phrase", "ключ"]));
        redactor.RedactUrl("/?pass+phrase=s3cret&pass%20phrase=s3cret").Should().NotContain("s3cret");
        redactor.RedactUrl("/?%D0%BA%D0%BB%D1%8E%D1%87=s3cret").Should().NotContain("s3cret");
        redactor.RedactUrl("/?\ud800=s3cret").Should().Contain("s3cret");
    }
}
