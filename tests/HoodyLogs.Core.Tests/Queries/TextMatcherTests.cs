using System.Text;
using FluentAssertions;
using HoodyLogs.Queries;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Queries;

/// <summary>The search for <c>q</c> finds what <see cref="string.Contains(string, StringComparison)"/> finds, in linear time.</summary>
public sealed class TextMatcherTests
{
    private static readonly string[] Letters =
        ["a", "A", "b", "B", "k", "K", "\u212a", "i", "I", "\u0130", "\u0131", "s", "S", "\u017f", "\u00df", "\u1e9e", "\u00e9", "\u00c9", "\u03c3", "\u03c2", "\u03a3",
        "\u0416", "\u0436", "\u4e2d", "\ud801\udc00", "\ud801\udc28", "\ufffd", "/", "?", "%"];

    [Test]
    public void Finds_the_same_as_a_case_insensitive_comparison()
    {
        var random = new Random(7);
        for (var i = 0; i < 50_000; i++)
        {
            var (row, text) = (Text(random, random.Next(30)), Text(random, random.Next(5)));
            new TextMatcher(text).IsIn(Encoding.UTF8.GetBytes(row))
                .Should().Be(row.Contains(text, StringComparison.OrdinalIgnoreCase), $"'{text}' is searched for in '{row}'");
        }
    }

    [Test]
    public void Case_mappings_equal_those_of_ordinal_comparison()
    {
        for (var unit = 1; unit < 0x10000; unit++)
        {
            if (char.IsSurrogate((char)unit)) continue;
            var letter = ((char)unit).ToString();
            foreach (var other in new[] { letter.ToUpperInvariant(), letter.ToLowerInvariant(), "k", "i", "s" })
            {
                if (new TextMatcher(other).IsIn(Encoding.UTF8.GetBytes(letter)) != letter.Contains(other, StringComparison.OrdinalIgnoreCase))
                {
                    Assert.Fail($"U+{unit:X4} and '{other}'");
                }
            }
        }
    }

    [Test]
    public void Invalid_UTF_8_is_skipped()
    {
        byte[] row = [0xff, (byte)'a', 0xc3, (byte)'b', 0xe2, 0x82, (byte)'c', 0xf0];
        new TextMatcher("B").IsIn(row).Should().BeTrue();
        new TextMatcher("ab").IsIn(row).Should().BeFalse();
        new TextMatcher("\ufffdC").IsIn(row).Should().Be(Encoding.UTF8.GetString(row).Contains("\ufffdC", StringComparison.OrdinalIgnoreCase));
        new TextMatcher("\u00e9").IsIn(row).Should().BeFalse();
    }

    [TestCase("ab", "x")]
    [TestCase("a", "b")]
    [TestCase("aaab", "aaaa")]
    [TestCase("\u00e9\u00c9", "x")]
    public void L6_the_work_is_linear_for_every_row_and_text(string period, string last)
    {
        var row = Encoding.UTF8.GetBytes(Repeat(period, 8_192 / period.Length));
        foreach (var length in new[] { 1, 8, 64, 200, 500 })
        {
            foreach (var text in new[] { Repeat(period, length / period.Length) + last, Repeat(period, length / period.Length / 2) + last + Repeat(period, length / period.Length / 2) })
            {
                new TextMatcher(text).IsIn(row, out var compared);
                compared.Should().BeLessThan(4 * row.Length);
            }
        }
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, Math.Max(1, count)));

    private static string Text(Random random, int length) => string.Concat(Enumerable.Range(0, length).Select(_ => Letters[random.Next(Letters.Length)]));
}
