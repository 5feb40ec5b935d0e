using System.Text.RegularExpressions;
using FluentAssertions;
using HoodyLogs.AspNetCore.Tests.Architecture;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Hosting.Recipes;

/// <summary>docs/hosting.md shows the code that these tests compile and run.</summary>
public sealed partial class HostingDocsTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "hosting.md"));
    private static readonly string Folder = Path.Combine(SourceTree.Root, "tests", "HoodyLogs.AspNetCore.Tests", "Hosting", "Recipes");

    [Test]
    public void Every_recipe_of_the_document_is_compiled_and_every_compiled_recipe_is_in_the_document()
    {
        var shown = Shown().Matches(Document).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["code"].Value.Trim('\n'));
        var compiled = Directory.EnumerateFiles(Folder, "*.cs")
            .SelectMany(file => Compiled().Matches(File.ReadAllText(file)))
            .ToDictionary(match => match.Groups["name"].Value, match => WithoutIndent(match.Groups["code"].Value));
        shown.Should().NotBeEmpty();
        shown.Should().Equal(compiled);
    }

    [Test]
    public void Every_block_of_C_sharp_is_a_recipe() =>
        CSharpBlock().Count(Document).Should().Be(Shown().Count(Document));

    [Test]
    public async Task Every_setting_of_the_document_is_known()
    {
        var keys = Setting().Matches(Document).Select(match => match.Value.Replace("__", ":", StringComparison.Ordinal)).Distinct();
        var values = keys.Where(key => !key.Contains(":Tokens:", StringComparison.Ordinal) && key != "ProxyLogs:Sqlite:Database")
            .Select(key => $"--{key}={(key.EndsWith("Bytes", StringComparison.Ordinal) ? "8589934592" : "true")}").ToArray();
        values.Should().NotBeEmpty();
        await using var host = await RecipeHost.StartAsync(HostRecipes.OpenApi, settings: values); // an unknown key stops the start
    }

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

    [GeneratedRegex("ProxyLogs__[A-Za-z0-9_]+")]
    private static partial Regex Setting();

    [GeneratedRegex("^```csharp", RegexOptions.Multiline)]
    private static partial Regex CSharpBlock();
}
