using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Redaction.Urls;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Redaction;

public sealed class PathPatternTests
{
    [TestCase("/health", "/health", true)]
    [TestCase("/health", "/Health/", true)]
    [TestCase("/health", "/healthy", false)]
    [TestCase("/health", "/health/live", false)]
    [TestCase("/health/**", "/health", true)]
    [TestCase("/health/**", "/health/live/now", true)]
    [TestCase("/a/*/c", "/a/b/c", true)]
    [TestCase("/a/*/c", "/a/c", false)]
    [TestCase("/a/*/c", "/a/b/b/c", false)]
    [TestCase("/**/c", "/a/b/c", true)]
    [TestCase("/**/c", "/c", true)]
    [TestCase("/**/b/*/d/**", "/a/b/x/b/c/d", true)]
    [TestCase("/**/b/*/d/**", "/a/b/x/b/c", false)]
    [TestCase("/", "/", true)]
    [TestCase("/", "/a", false)]
    [TestCase("/**", "/", true)]
    [TestCase("/bot*/x", "/BOT12/x", true)]
    [TestCase("/bot*/x", "/bot/x", true)]
    [TestCase("/*-key-*", "/a-key-b", true)]
    [TestCase("/*-key-*", "/a-kez-b", false)]
    [TestCase("/a*b*c", "/aXbXbc", true)]
    public void Wildcards_match_within_one_segment_or_any_number_of_segments(string pattern, string path, bool matches) =>
        new PathPattern(pattern).Matches(path).Should().Be(matches);

    /// <summary>Compares with a matcher that tries all combinations.</summary>
    [Test]
    public void Pattern_and_simple_matcher_agree()
    {
        var random = new Random(4711);
        string[] parts = ["a", "b", "*", "**", "a*", "*b"];
        for (var i = 0; i < 20_000; i++)
        {
            var pattern = Enumerable.Range(0, random.Next(6)).Select(_ => parts[random.Next(parts.Length)]).ToArray();
            var path = Enumerable.Range(0, random.Next(7)).Select(_ => new[] { "a", "b", "ab", "c" }[random.Next(4)]).ToArray();
            var text = "/" + string.Join('/', path);
            new PathPattern("/" + string.Join('/', pattern)).Matches(text).Should().Be(Simple(pattern, path), $"/{string.Join('/', pattern)} on {text}");
        }
    }

    [TestCase("/**/a/**/b")]
    [TestCase("/**/a/**/a/**/a/**/b")]
    [TestCase("/**/a/a/a/a/b")]
    [TestCase("/**/*a*a*a*b/**/c")]
    public void Steps_are_linear_in_the_length_of_the_path(string pattern)
    {
        var once = Steps(4096);
        Steps(8192).Should().BeInRange(once, (int)(2.1 * once) + 100);
        once.Should().BeLessThan(4096 * 8);

        int Steps(int length)
        {
            new PathPattern(pattern).Matches(string.Concat(Enumerable.Repeat("/a", length / 2)), default, out var steps).Should().BeFalse();
            return steps;
        }
    }

    private static bool Simple(ReadOnlySpan<string> pattern, ReadOnlySpan<string> path)
    {
        if (pattern.IsEmpty) return path.IsEmpty;
        if (pattern[0] == "**") return Simple(pattern[1..], path) || (!path.IsEmpty && Simple(pattern, path[1..]));
        if (path.IsEmpty) return false;
        var expression = "^" + pattern[0].Replace("*", ".*", StringComparison.Ordinal) + "$";
        return System.Text.RegularExpressions.Regex.IsMatch(path[0], expression) && Simple(pattern[1..], path[1..]);
    }
}
