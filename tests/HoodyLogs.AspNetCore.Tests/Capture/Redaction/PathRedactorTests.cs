using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Redaction.Urls;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Redaction;

public sealed class PathRedactorTests
{
    private readonly PathRedactor _redactor = new(["/bot*/**", "/reset-password/*", "/a/*/c", "/hooks/**"]);

    [TestCase("/bot123:AA/sendMessage", "/bot[redacted]/[redacted]")]
    [TestCase("/BOT123:AA/x?y=1", "/BOT[redacted]/[redacted]?y=1")]
    [TestCase("/%62ot123/x", "/[redacted]/[redacted]")]
    [TestCase("/reset-password/s3cret", "/reset-password/[redacted]")]
    [TestCase("/reset-password/s3cret/", "/reset-password/[redacted]/")]
    [TestCase("//reset-password//s3cret", "//reset-password//[redacted]")]
    [TestCase("/reset-password;v=1/s3cret", "/reset-password;v=1/[redacted]")]
    [TestCase("/reset-password%2Fs3cret", "/reset-password%2F[redacted]")]
    [TestCase("/x/../reset-password/s3cret", "/x/../reset-password/[redacted]")]
    [TestCase("/x/%2e%2e/reset%2Dpassword/s3cret", "/x/%2e%2e/reset%2Dpassword/[redacted]")]
    [TestCase("/reset-password", "/reset-password")]
    [TestCase("/reset-password/a/b", "/reset-password/a/b")]
    [TestCase("/a/s3cret/c", "/a/[redacted]/c")]
    [TestCase("/hooks/a/b/c?x", "/hooks/[redacted]?x")]
    [TestCase("/hooks", "/hooks")]
    [TestCase("/x?u=/reset-password/s3cret&y", "/x?u=[redacted]&y")]
    [TestCase("/x?u=https%3A%2F%2Fh%2Freset-password%2Fs3cret", "/x?u=[redacted]")]
    public void Wildcard_matches_are_redacted_in_a_url(string url, string expected) => _redactor.RedactUrl(url).Should().Be(expected);

    [TestCase("Request starting HTTP/1.1 GET http://host/bot123:AA/x?y=1 - - -", "Request starting HTTP/1.1 GET http://host/bot[redacted]/[redacted]?y=1 - - -")]
    [TestCase("GET /app/reset-password/s3cret, done", "GET /app/reset-password/[redacted] done")]
    [TestCase("Proxying to http://h:80/p/reset-password/s3cret HTTP/2", "Proxying to http://h:80/p/reset-password/[redacted] HTTP/2")]
    [TestCase("'/hooks/a/b' x", "'/hooks/[redacted]' x")]
    [TestCase("/reset-password/s3 cret", "/reset-password/[redacted]")]
    [TestCase("a/b 1/2", "a/b 1/2")]
    [TestCase("https://h/?u=/reset-password/s3cret x", "https://h/?u=[redacted] x")]
    public void Wildcard_matches_are_redacted_in_a_text(string text, string expected) => _redactor.RedactText(text).Should().Be(expected);

    [Test]
    public void A_pattern_matches_with_and_without_the_path_base()
    {
        _redactor.RedactUrl("/app/reset-password/s3cret", "/app").Should().Be("/app/reset-password/[redacted]");
        _redactor.RedactUrl("/%61pp//reset-password/s3cret", "/app").Should().Be("/%61pp//reset-password/[redacted]");
        new PathRedactor(["/app/reset-password/*"]).RedactUrl("/app/reset-password/s3cret", "/app").Should().Be("/app/reset-password/[redacted]");
        _redactor.RedactUrl("/app/reset-password/s3cret").Should().Be("/app/reset-password/s3cret");
    }

    [Test]
    public void Without_patterns_a_url_is_returned_as_the_same_instance()
    {
        const string Url = "/reset-password/x";
        PathRedactor.None.RedactUrl(Url).Should().BeSameAs(Url);
        PathRedactor.None.RedactText(Url).Should().BeSameAs(Url);
    }
}
