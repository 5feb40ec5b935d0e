using System.Text;
using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Redaction.Finders;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Redaction;

/// <summary>The fast check for words before a sensitive value without a sign.</summary>
public sealed class SensitiveWordScannerTests
{
    private const int Vector = 32; // bytes that the scanner compares at once

    private static readonly SensitiveWordScanner Words = new(new SensitiveNames(["password", "api_key", "pass-word2", "señal", "z", "code"]), hasPaths: false);

    [TestCase("eyJhbGciOiJIUzI1NiJ9")]
    [TestCase("-----BEGIN PRIVATE KEY-----")]
    [TestCase("AKIAIOSFODNN7EXAMPLE")]
    [TestCase("ASIAIOSFODNN7EXAMPLE")]
    [TestCase("AIzaSyD0123456789")]
    [TestCase("ghp_0123456789abcdef")]
    [TestCase("github_pat_0123456789abcdef")]
    [TestCase("glpat-0123456789abcdef")]
    [TestCase("xoxb-12345678")]
    [TestCase("sk_live_12345678")]
    [TestCase("sk-0123456789abcdefghij")]
    [TestCase("whsec_12345678")]
    [TestCase("Bearer x")]
    [TestCase("bearer x")]
    [TestCase("bEARER x")]
    [TestCase("AWS4-HMAC-SHA256 x")]
    [TestCase("-u x")]
    [TestCase("--proxy-pass x")]
    [TestCase("password x")]
    [TestCase("pass_word x")]
    [TestCase("newPassword2 x")]
    [TestCase("apiKey x")]
    [TestCase("passWord2 x")]
    [TestCase("Señal x")]
    [TestCase("z x")]
    public void A_word_is_found_at_each_position(string word)
    {
        for (var before = 0; before <= 2 * Vector; before++)
        {
            var text = Encoding.UTF8.GetBytes(new string('.', before) + " " + word);
            Words.HasMatch(text).Should().BeTrue("it is after {0} letters", before);
            Words.HasMatch([.. text, .. new byte[Vector]]).Should().BeTrue("it is after {0} letters and before others", before);
        }
    }

    [TestCase("item number 12 of 40")]
    [TestCase("2026-12-01T00:00:00Z snake_case_name AND-DASHES I J")]
    [TestCase("exit code 1")]
    [TestCase("\"password\": \"is for another to find\"")]
    [TestCase("/a/path")]
    [TestCase("")]
    [TestCase(" ")]
    public void Other_text_has_no_such_word(string text) => Words.HasMatch(Encoding.UTF8.GetBytes(text)).Should().BeFalse();

    [TestCase("https://x/y")]
    [TestCase("\\u002fy")]
    [TestCase("\\u002Fy")]
    public void A_slash_matches_if_paths_are_redacted(string text) =>
        new SensitiveWordScanner(new SensitiveNames([]), hasPaths: true).HasMatch(Encoding.UTF8.GetBytes(text)).Should().BeTrue();
}
