using System.Text.RegularExpressions;
using HoodyLogs.AspNetCore.Tests.Architecture;

namespace HoodyLogs.AspNetCore.Tests.Hosting.Recipes;

/// <summary>The Markdown documents of the repository, by their path within it.</summary>
internal static partial class Documents
{
    /// <summary>The README and all pages below docs.</summary>
    public static IReadOnlyList<string> ForUsers { get; } =
        ["README.md", .. Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "docs"), "*.md").Order(StringComparer.Ordinal).Select(file => "docs/" + Path.GetFileName(file))];

    public static IReadOnlyList<string> All { get; } = [.. ForUsers, "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"];

    public static string Read(string document) => File.ReadAllText(Path.Combine(SourceTree.Root, document)).ReplaceLineEndings("\n");

    /// <summary>The blocks of code of one language.</summary>
    public static IEnumerable<string> Blocks(string document, string language) =>
        Block().Matches(Read(document)).Where(match => match.Groups["language"].Value == language).Select(match => match.Groups["code"].Value);

    /// <summary>The text without blocks of code.</summary>
    public static string Prose(string document) => Block().Replace(Read(document), "");

    /// <summary>The anchors that GitHub makes of the headings.</summary>
    public static IEnumerable<string> Anchors(string document) => Heading().Matches(Prose(document)).Select(match =>
        NoAnchor().Replace(match.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    /// <summary>The cells of all rows of tables, each row without its outer bars.</summary>
    public static IEnumerable<string[]> Rows(string document) =>
        from line in Prose(document).Split('\n')
        where line.StartsWith('|')
        select line.Trim('|').Split(" | ").Select(cell => cell.Trim(' ', '|')).ToArray();

    [GeneratedRegex("^```(?<language>[a-z]*)\n(?<code>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex("^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NoAnchor();
}
