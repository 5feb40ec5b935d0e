using System.Net;
using System.Text;
using FluentAssertions;
using HoodyLogs.Queries;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Queries;

/// <summary>Text is found in URLs as they are written and decoded.</summary>
public sealed class UrlMatcherTests
{
    [TestCase("café", "/any/caf%C3%A9", true)]
    [TestCase("CAFÉ", "/any/caf%c3%a9", true)]
    [TestCase("café", "/any/CAF%C3%89", true)]
    [TestCase("caf%C3%A9", "/any/caf%C3%A9", true)]
    [TestCase("caf%c3%a9", "/any/caf%C3%A9", true)]
    [TestCase("münster", "/x?name=M%C3%BCnster&y=1", true)]
    [TestCase("犬", "/any/%E7%8A%AC", true)]
    [TestCase("a b", "/any/a%20b", true)]
    [TestCase("a b", "/any?q=a+b", true)]
    [TestCase("a b", "/any/a+b", false)]
    [TestCase("a+b", "/any?q=a+b", true)]
    [TestCase("a+b", "/any?q=a%2Bb", true)]
    [TestCase("a+b c", "/any?q=a%2Bb+c", true)]
    [TestCase("é+1", "/any?q=%C3%A9+1", true)]
    [TestCase("é 1", "/any?q=%C3%A9+1", true)]
    [TestCase("users", "/%75s%65rs", true)]
    [TestCase("x?y", "/x%3Fy", true)]
    [TestCase("%", "/a%20b", true)]
    [TestCase("100%", "/x?y=100%", true)]
    [TestCase("100% sure", "/x?y=100%25%20sure", true)]
    [TestCase("%2", "/a%2", true)]
    [TestCase("%zz é", "/%zz%20%C3%A9", true)]
    [TestCase("%2F", "/a/b", false)]
    [TestCase("%20", "/a b", false)]
    [TestCase(" ", "/a%2520b", false)]
    [TestCase("é", "/%C3x%A9", false)]
    [TestCase("\ufffd", "/%FF", true)]
    [TestCase("Ã©", "/caf%C3%A9", false)]
    [TestCase("", "/%", true)]
    public void L6_text_is_found_in_the_encoded_and_the_decoded_URL(string text, string url, bool isFound) =>
        new UrlMatcher(text).IsIn(Encoding.UTF8.GetBytes(url)).Should().Be(isFound);

    [Test]
    public void L6_matches_agree_with_the_decoder_of_the_framework()
    {
        string[] pieces = ["a", "B", "%41", "%62", "%C3%A9", "%c3%89", "%20", "+", "?", "%", "%2", "%zz", "%FF", "%3f", "%2B", "é"];
        string[] letters = ["a", "b", "é", " ", "+", "?", "%", "É"];
        var random = new Random(11);
        for (var i = 0; i < 50_000; i++)
        {
            var url = "/" + Pick(random, pieces, 12);
            var text = Pick(random, letters, 3);
            var query = url.IndexOf('?', StringComparison.Ordinal);
            var decoded = query < 0 ? Decode(url) : Decode(url[..query]) + Decode(url[query..].Replace('+', ' '));
            var isIn = new[] { url, decoded, Decode(url) }.Any(form => form.Contains(text, StringComparison.OrdinalIgnoreCase));
            new UrlMatcher(text).IsIn(Encoding.UTF8.GetBytes(url)).Should().Be(isIn, $"'{text}' is searched for in '{url}'");
        }
    }

    [TestCase("%61%62", "abababab")]
    [TestCase("a+", "a a a a ")]
    [TestCase("a+", "a+a+a+a+")]
    [TestCase("%C3%A9", "éééé")]
    public void L6_the_work_is_linear_for_encoded_URLs(string period, string repeated)
    {
        var url = Encoding.UTF8.GetBytes("/?" + string.Concat(Enumerable.Repeat(period, 8_192 / period.Length)));
        foreach (var count in new[] { 1, 8, 64 })
        {
            new UrlMatcher(string.Concat(Enumerable.Repeat(repeated, count)) + "x").IsIn(url, out var compared).Should().BeFalse();
            compared.Should().BeLessThan(12 * url.Length);
        }
    }

    /// <summary>Replaces invalid UTF-8 by U+FFFD, as the search does.</summary>
    private static string Decode(string url)
    {
        var bytes = Encoding.UTF8.GetBytes(url.Replace("+", "%2B", StringComparison.Ordinal));
        return Encoding.UTF8.GetString(WebUtility.UrlDecodeToBytes(bytes, 0, bytes.Length));
    }

    private static string Pick(Random random, string[] pieces, int most) => string.Concat(Enumerable.Range(0, random.Next(1, most)).Select(_ => pieces[random.Next(pieces.Length)]));
}
