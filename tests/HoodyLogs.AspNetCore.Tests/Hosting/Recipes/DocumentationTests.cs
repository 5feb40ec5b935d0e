using System.Text.RegularExpressions;
using FluentAssertions;
using HoodyLogs.AspNetCore.Tests.Architecture;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Hosting.Recipes;

/// <summary>The documents show code that these tests compile and run, and name files, headings and tests that exist.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Folder = Path.Combine(SourceTree.Root, "tests", "HoodyLogs.AspNetCore.Tests", "Hosting", "Recipes");

    /// <summary>The recipes that are whole files.</summary>
    private static readonly Dictionary<string, string> Programs = new()
    {
        ["minimal-api"] = "samples/MinimalApi/Program.cs",
        ["yarp"] = "samples/YarpProxy/Program.cs",
    };

    [Test]
    public void Every_recipe_is_compiled_and_every_compiled_recipe_is_in_a_document()
    {
        var shown = Documents.ForUsers.SelectMany(document => Shown().Matches(Documents.Read(document)))
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["code"].Value.Trim('\n'));
        var compiled = Directory.EnumerateFiles(Folder, "*.cs")
            .SelectMany(file => Compiled().Matches(File.ReadAllText(file).ReplaceLineEndings("\n")))
            .ToDictionary(match => match.Groups["name"].Value, match => WithoutIndent(match.Groups["code"].Value));
        foreach (var (name, file) in Programs) compiled.Add(name, Documents.Read(file).Trim('\n'));
        shown.Keys.Should().BeEquivalentTo(compiled.Keys);
        foreach (var (name, code) in shown) code.Should().Be(compiled[name], "it is the recipe {0}", name);
    }

    [TestCaseSource(typeof(Documents), nameof(Documents.ForUsers))]
    public void Every_block_of_C_sharp_is_a_recipe(string document) =>
        Documents.Blocks(document, "csharp").Should().HaveCount(Shown().Count(Documents.Read(document)));

    [Test]
    public void The_settings_of_the_README_are_those_of_the_sample() =>
        Documents.Blocks("README.md", "json").Should().Equal(Documents.Read("samples/YarpProxy/appsettings.json"));

    [TestCaseSource(typeof(Documents), nameof(Documents.All))]
    public void Every_link_leads_to_a_file_and_a_heading(string document)
    {
        var broken = Link().Matches(Documents.Prose(document)).Select(match => match.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !Exists(document, target));
        broken.Should().BeEmpty();
    }

    [Test]
    public void Every_test_that_the_security_page_names_exists()
    {
        var tests = Tests();
        var named = Documents.Rows("docs/security.md").Where(row => row.Length == 2).SelectMany(row => Code().Matches(row[1]))
            .Select(match => match.Groups["text"].Value).Where(name => name != "---").ToList();
        named.Should().NotBeEmpty().And.OnlyContain(name => Regex.IsMatch(tests, $@"\b{name}\b"));
    }

    [Test]
    public void Every_rule_that_a_test_names_is_in_the_contract()
    {
        var rules = RuleHeading().Matches(Documents.Read("docs/contract.md")).Select(match => match.Groups["rule"].Value).ToHashSet();
        var named = RuleOfTest().Matches(Tests()).Select(match => match.Groups["rule"].Value).Distinct();
        named.Should().NotBeEmpty().And.BeSubsetOf(rules);
    }

    [Test]
    public void Every_file_and_folder_that_the_architecture_names_exists()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(file => file.Replace('\\', '/')).ToList();
        var named = SourcePath().Matches(Documents.Read("ARCHITECTURE.md")).Select(match => match.Groups["path"].Value + ".cs").ToList();
        named.Should().HaveCountGreaterThan(30).And.OnlyContain(path => sources.Any(file => file.EndsWith("/" + path, StringComparison.Ordinal)));

        var described = Documents.Rows("ARCHITECTURE.md").Select(row => row[0].Trim('`')).ToList();
        string[] projects = ["HoodyLogs.Core", "HoodyLogs.AspNetCore"];
        projects.SelectMany(project => Directory.EnumerateDirectories(Path.Combine(SourceTree.Root, "src", project))).Select(folder => Path.GetFileName(folder))
            .Except(["obj", "bin", "buildTransitive"]).Should().BeSubsetOf(described);
    }

    [Test]
    public void The_page_for_operators_has_every_metric()
    {
        var source = File.ReadAllText(Path.Combine(SourceTree.Root, "src", "HoodyLogs.Core", "Diagnostics", "LogMetrics.cs"));
        var described = Documents.Rows("docs/operating.md").Select(row => row[0].Trim('`')).Where(name => name.StartsWith("hoodylogs.", StringComparison.Ordinal));
        described.Should().BeEquivalentTo(Metric().Matches(source).Select(match => match.Groups["name"].Value));
    }

    private static bool Exists(string document, string target)
    {
        var (path, anchor) = target.Split('#') is [var before, var after] ? (before, after) : (target, null);
        var folder = Path.GetDirectoryName(document) ?? "";
        var file = path.Length == 0 ? document : Path.GetRelativePath(SourceTree.Root, Path.GetFullPath(Path.Combine(SourceTree.Root, folder, path)));
        return File.Exists(Path.Combine(SourceTree.Root, file)) && (anchor is null || Documents.Anchors(file).Contains(anchor));
    }

    private static string Tests() => string.Concat(
        Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));

    private static string WithoutIndent(string code)
    {
        var lines = code.Trim('\n').Split('\n');
        var indent = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length < indent ? line : line[indent..])).TrimEnd();
    }

    [GeneratedRegex(@"<!-- recipe: (?<name>[a-z-]+) -->\n```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Shown();

    [GeneratedRegex(@"(?<!/)// <(?<name>[a-z-]+)>\n(?<code>.*?)[ ]*// </\k<name>>", RegexOptions.Singleline)]
    private static partial Regex Compiled();

    [GeneratedRegex("\"(?<name>hoodylogs\\.[a-z.]+)\"")]
    private static partial Regex Metric();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`(?<text>[^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"^\*\*(?<rule>[A-Z][0-9]+) ", RegexOptions.Multiline)]
    private static partial Regex RuleHeading();

    [GeneratedRegex(@"(void|Task) (?<rule>[A-Z][0-9]+)_")]
    private static partial Regex RuleOfTest();

    /// <summary>A path within a folder, or a file alone, of source code.</summary>
    [GeneratedRegex(@"`(?<path>([A-Za-z]+/)+[A-Z][A-Za-z]+|[A-Z][A-Za-z]+(?=\.cs`))(\.cs)?`")]
    private static partial Regex SourcePath();
}
