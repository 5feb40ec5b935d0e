using System.Text.RegularExpressions;
using FluentAssertions;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Architecture;

public sealed class LayerTests
{
    /// <summary>A folder may use what stands before it; everybody may use Diagnostics.</summary>
    private static readonly string[] CoreLayers = ["Diagnostics", "Entries", "Tenancy", "Queries", "Storage", "Tail", "Writing", "Configuration"];

    /// <summary>Likewise; but all of them read the options, which Configuration puts together out of theirs.</summary>
    private static readonly string[] ProxyLayers = ["Capture", "Access", "Endpoints"];

    [Test]
    public void Every_folder_is_a_layer()
    {
        SourceTree.Folders("HoodyLogs.Core").Should().BeSubsetOf(CoreLayers);
        SourceTree.Folders("HoodyLogs.AspNetCore").Should().BeSubsetOf(ProxyLayers.Append("Configuration").Append("Diagnostics"));
    }

    [TestCaseSource(nameof(CoreLayers))]
    public void A_layer_of_the_core_uses_only_those_above_it(string layer) => Violations("HoodyLogs.Core", "HoodyLogs", CoreLayers, layer).Should().BeEmpty();

    [TestCaseSource(nameof(ProxyLayers))]
    public void A_layer_of_the_proxy_part_uses_only_those_above_it(string layer) =>
        Violations("HoodyLogs.AspNetCore", "HoodyLogs.AspNetCore", ProxyLayers, layer).Should().BeEmpty();

    [Test]
    public void The_core_knows_no_AspNetCore()
    {
        typeof(LogRecord).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name)
            .Should().NotContain(name => name!.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || name.StartsWith("Yarp", StringComparison.Ordinal));
        typeof(ProxyLogsOptions).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name)
            .Should().Contain("HoodyLogs.Core").And.NotContain(name => name!.StartsWith("Yarp", StringComparison.Ordinal), "it serves any proxy");
    }

    [Test]
    public void A_violation_would_be_seen()
    {
        Below("using HoodyLogs.Writing;", "HoodyLogs", ["Writing"]).Should().NotBeEmpty();
        Below("    private readonly Writing.LogQueue _queue;", "HoodyLogs", ["Writing"]).Should().NotBeEmpty();
        Below("    options.Writing.Count", "HoodyLogs", ["Writing"]).Should().BeEmpty();
        Below("/// <see cref=\"HoodyLogs.Writing.ILogSink\"/>", "HoodyLogs", ["Writing"]).Should().BeEmpty();
    }

    private static IEnumerable<string> Violations(string project, string root, string[] layers, string layer)
    {
        if (!SourceTree.Folders(project).Contains(layer)) return [];
        var below = layers[(Array.IndexOf(layers, layer) + 1)..];
        return from file in SourceTree.Sources(project, layer)
               from line in File.ReadLines(file)
               from match in Below(line, root, below)
               select $"{Path.GetFileName(file)}: {match}";
    }

    /// <summary>The uses of the given layers in a line: by full name, or by the name that is relative to the root namespace.</summary>
    private static IEnumerable<string> Below(string line, string root, string[] below) =>
        below.Length == 0 || line.TrimStart().StartsWith("//", StringComparison.Ordinal)
            ? []
            : Regex.Matches(line, $@"(?<![\w.])({Regex.Escape(root)}\.)?({string.Join('|', below)})(\.[A-Z]\w*\b(?!\())|\b{Regex.Escape(root)}\.({string.Join('|', below)})\b")
                .Select(match => match.Value);
}
