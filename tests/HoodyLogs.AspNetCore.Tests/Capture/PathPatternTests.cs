using FluentAssertions;
using HoodyLogs.AspNetCore.Capture;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

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
    public void Segments_match_whole_and_wildcards_as_many_as_they_say(string pattern, string path, bool matches) =>
        new PathPattern(pattern).Matches(path).Should().Be(matches);
}
