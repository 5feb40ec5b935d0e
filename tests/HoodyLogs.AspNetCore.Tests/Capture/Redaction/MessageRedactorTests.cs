using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Redaction;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Urls;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Redaction;

public sealed class MessageRedactorTests
{
    private readonly MessageRedactor _redactor;

    public MessageRedactorTests()
    {
        var options = new CaptureOptions();
        var names = new SensitiveNames(options.SensitiveNames);
        _redactor = new MessageRedactor(names, options.SensitiveHeaders, new FieldRedactor(names));
    }

    [TestCase("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0")]
    [TestCase("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")]
    public void A_user_agent_without_sensitive_values_is_returned_without_allocation(string agent)
    {
        _redactor.Redact(agent, 1000).Should().BeSameAs(agent);
        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = _redactor.Redact(agent, 1000);
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }

    [TestCase("GET http://me:s3cret@x/a?token=s3cret - 200", "GET http://[redacted]@x/a?token=[redacted] - 200")]
    [TestCase("connect with \"Host=x Password=s3cret\"", "connect with \"Host=x Password=[redacted]\"")]
    [TestCase("Smtp:Password=s3cret of ConnectionStrings.Main", "Smtp:Password=[redacted] of ConnectionStrings.Main")]
    [TestCase("""got {"user":"me","password":"s3cret \"x\"","n":1}""", """got {"user":"me","password":[redacted],"n":1}""")]
    [TestCase("""got {"accessToken": "s3cret"}, and "token": 5 too""", """got {"accessToken": [redacted]}, and "token": [redacted] too""")]
    [TestCase("""got {\"token\":\"s3cret\\\"x\",\"n\":1}""", """got {\"token\":[redacted],\"n\":1}""")]
    [TestCase("""got {"token":{"a":"s3cret"}} etc""", """got {"token":[redacted]} etc""")]
    [TestCase("""got {"token":""", """got {"token":[redacted]""")]
    [TestCase("""got {"token":"s3c""", """got {"token":[redacted]""")]
    [TestCase("""got {"token":"","x":"a=b"}""", """got {"token":[redacted],"x":"a=b"}""")]
    [TestCase("\":\"\":\"x\":1", "\":\"\":\"x\":1")]
    [TestCase("""a password="s3cret two" next""", "a password=[redacted] next")]
    [TestCase("a password='s3cret two' next", "a password=[redacted] next")]
    [TestCase("""a password=\"s3cret two\" next""", "a password=[redacted] next")]
    [TestCase("""<a password="s3cret"/> <Password=<s3cret>>""", "<a password=[redacted]/> <Password=[redacted]>")]
    [TestCase("Host=x;Password=s3cret, two;Timeout=5", "Host=x;Password=[redacted];Timeout=5")]
    [TestCase("Pwd=s3cret two;User=x", "Pwd=[redacted];User=x")]
    [TestCase("User=x; Pwd=s3cret two", "User=x; Pwd=[redacted]")]
    [TestCase("Password = s3cret and Password= s3cret", "Password = [redacted] and Password= [redacted]")]
    [TestCase("(token=s3cret), [token=s3cret] |token=s3cret| `token=s3cret`.", "(token=[redacted]), [token=[redacted]] |token=[redacted]| `token=[redacted]`.")]
    [TestCase("Password=a,s3cret Password=a)s3cret Password=a&s3cret", "Password=[redacted] Password=[redacted] Password=[redacted]")]
    [TestCase("GET /a?token=s3cret&x=1&key=s3cret&y=2 done", "GET /a?token=[redacted]&x=1&key=[redacted]&y=2 done")]
    [TestCase("Password=s3cret&s3cret== next", "Password=[redacted] next")]
    [TestCase("authorization=Bearer s3cret next", "authorization=[redacted] next")]
    [TestCase("""token={"a":"s3cret"} next""", "token=[redacted] next")]
    [TestCase("""{"token": ["s3cret ]", {"a":"\"s3cret}"}], "n":1}""", """{"token": [redacted], "n":1}""")]
    [TestCase("""{"token": ['s3cret ]', 1], "n":1}""", """{"token": [redacted], "n":1}""")]
    [TestCase("""{\"token\":[\"s3cret ]\"],\"n\":1}""", """{\"token\":[redacted]""")]
    [TestCase("if token == null or token != null", "if token == null or token != null")]
    [TestCase("password => s3cret, and code: 404, key: a", "password => [redacted], and code: 404, key: a")]
    [TestCase("Unexpected token: { at position 5, line 3", "Unexpected token: { at position 5, line 3")]
    [TestCase("login { token: { a: 's3cret }' } } done", "login { token: [redacted] } done")]
    [TestCase("Started; code=0 and everything went fine", "Started; code=0 and everything went fine")]
    [TestCase("exit code = 1, exited with code=137, key => key.Id, key=null", "exit code = 1, exited with code=137, key => key.Id, key=null")]
    [TestCase("x.Code = @__code_0 of [Key] = N'a'", "x.Code = @__code_0 of [Key] = N'a'")]
    [TestCase("Pwd = s3cret, pwd: s3cret", "Pwd = [redacted], pwd: [redacted]")]
    [TestCase("code=s3cret and code=123456", "code=[redacted] and code=[redacted]")]
    [TestCase("(compatible; Bot/1.0; +https://example.com) <me@example.com>", "(compatible; Bot/1.0; +https://example.com) <me@example.com>")]
    [TestCase("password: s3cret next", "password: [redacted] next")]
    [TestCase("{'password': 's3cret', access_token:\"s3cret\"}", "{'password': [redacted], access_token:[redacted]}")]
    [TestCase("user[password]=s3cret user['password']=s3cret user[password][]=s3cret", "user[password]=[redacted] user['password']=[redacted] user[password][]=[redacted]")]
    [TestCase("GET /e?https%3A%2F%2Fx%2F%3Ftoken%3Ds3cret done", "GET /e?[redacted] done")]
    [TestCase("Authorization: Basic s3cret\r\nCookie: a=s3cret; b=s3cret\nHost: x", "Authorization: [redacted]\r\nCookie: [redacted]\nHost: x")]
    [TestCase("sent X-Api-Key: s3cret", "sent X-Api-Key: [redacted]")]
    [TestCase("with Bearer s3creds3creds3cred, and Bearer of bad news", "with Bearer [redacted], and Bearer of bad news")]
    [TestCase("GET /a?next=https%3A%2F%2Fx%2F%3Ftoken%3Ds3cret HTTP", "GET /a?next=[redacted] HTTP")]
    [TestCase("see https://x/a/token=s3cret now", "see https://x/a/token=[redacted] now")]
    [TestCase("""{"url":"https://x/?a=1\u0026token=s3cret"}""", """{"url":"https://x/?a=1\u0026token=[redacted]"}""")]
    [TestCase("""{"password" : "s3cret"}""", """{"password" : [redacted]}""")]
    [TestCase("{\"password\":\n\t\"s3cret\"}", "{\"password\":\n\t[redacted]}")]
    [TestCase("""{"body":"{\u0022password\u0022:\u0022s3cret\u0022,\u0022n\u0022:1}"}""", """{"body":"{\u0022password\u0022:[redacted],\u0022n\u0022:1}"}""")]
    [TestCase("a=b, c=d", "a=b, c=d")]
    public void Sensitive_values_in_a_message_are_redacted(string message, string expected) => _redactor.Redact(message, 1000).Should().Be(expected);

    [TestCase("see https://me:s3cret@x/ there", 17, "see https://")]
    [TestCase("see https://me:s3cret@x/ there", 22, "see https://")]
    [TestCase("see https://me:s3cret@x/ there", 24, "see https://[redacted]@x/")]
    [TestCase("https://me:s3cret@x/ see https://x/ there", 37, "https://[redacted]@x/ see https://x/ t")]
    [TestCase("token=s3cret", 9, "token=[redacted]")]
    public void A_truncated_message_has_no_part_of_a_sensitive_value(string message, int length, string expected) =>
        _redactor.Redact(message, length).Should().Be(expected);
}
