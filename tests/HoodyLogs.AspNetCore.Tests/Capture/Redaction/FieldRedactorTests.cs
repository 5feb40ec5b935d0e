using FluentAssertions;
using HoodyLogs.AspNetCore.Capture;
using HoodyLogs.AspNetCore.Capture.Redaction;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Redaction;

public sealed class FieldRedactorTests
{
    private readonly FieldRedactor _redactor = new(new SecretNames(new CaptureOptions().RedactQuery));

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
    [TestCase("/https://me:s3cret@x/path", "/https://[redacted]@x/path")]
    public void A_secret_is_taken_out_of_a_url_however_it_is_written(string url, string expected) => _redactor.Url(url).Should().Be(expected);

    [TestCase("/")]
    [TestCase("/a/b?x=1&y=%20&tokens=5&mytoken=6&z")]
    [TestCase("/a?token=&x=1")]
    [TestCase("/a?token.x=1&to.ken=2&.=3&_=4&-=5")]
    [TestCase("/a?token")]
    [TestCase("/tokens/token?next=%2Fb")]
    [TestCase("/a?next=https%3A%2F%2Fx%2F%3Fx%3D1")]
    [TestCase("/a?mail=me@example.com&u=https://x/@y")]
    [TestCase("/a?%=%zz&=&==")]
    public void A_url_without_secrets_stays_the_same_instance(string url) => _redactor.Url(url).Should().BeSameAs(url);

    [TestCase("user=me&password=s3cret&x=1", "user=me&password=[redacted]&x=1")]
    [TestCase("password=s3cret", "password=[redacted]")]
    public void A_form_is_redacted_like_a_query(string form, string expected) => _redactor.Form(form).Should().Be(expected);

    [TestCase("GET http://me:s3cret@x/a?token=s3cret - 200", "GET http://[redacted]@x/a?token=[redacted] - 200")]
    [TestCase("connect with \"Host=x Password=s3cret\"", "connect with \"Host=x Password=[redacted]\"")]
    [TestCase("Smtp:Password=s3cret of ConnectionStrings.Main", "Smtp:Password=[redacted] of ConnectionStrings.Main")]
    [TestCase("""got {"user":"me","password":"s3cret \"x\"","n":1}""", """got {"user":"me","password":[redacted],"n":1}""")]
    [TestCase("""got {"accessToken": "s3cret"}, and "token": 5 too""", """got {"accessToken": [redacted]}, and "token": [redacted] too""")]
    [TestCase("""got {\"token\":\"s3cret\\\"x\",\"n\":1}""", """got {\"token\":[redacted],\"n\":1}""")]
    [TestCase("""got {"token":{"a":"s3cret"}} etc""", """got {"token":[redacted]""")]
    [TestCase("""got {"token":""", """got {"token":[redacted]""")]
    [TestCase("""got {"token":"s3c""", """got {"token":[redacted]""")]
    [TestCase("""got {"token":"","x":"a=b"}""", """got {"token":[redacted],"x":"a=b"}""")]
    [TestCase("\":\"\":\"x\":1", "\":\"\":\"x\":1")]
    [TestCase("a=b, c=d", "a=b, c=d")]
    public void A_message_that_quotes_is_redacted(string message, string expected) => _redactor.Message(message, 1000).Should().Be(expected);

    [TestCase("see https://me:s3cret@x/ there", 17, "see https://")]
    [TestCase("see https://me:s3cret@x/ there", 22, "see https://")]
    [TestCase("see https://me:s3cret@x/ there", 24, "see https://[redacted]@x/")]
    [TestCase("https://me:s3cret@x/ see https://x/ there", 37, "https://[redacted]@x/ see https://x/ t")]
    [TestCase("token=s3cret", 9, "token=[redacted]")]
    public void A_message_is_cut_without_leaving_half_a_secret(string message, int length, string expected) =>
        _redactor.Message(message, length).Should().Be(expected);

    [Test]
    public void Additional_names_count_and_lone_surrogates_do_no_harm()
    {
        var redactor = new FieldRedactor(new SecretNames(["pass phrase", "ключ"]));
        redactor.Url("/?pass+phrase=s3cret&pass%20phrase=s3cret").Should().NotContain("s3cret");
        redactor.Url("/?%D0%BA%D0%BB%D1%8E%D1%87=s3cret").Should().NotContain("s3cret");
        redactor.Url("/?\ud800=s3cret").Should().Contain("s3cret");
    }
}
