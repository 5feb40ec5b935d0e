using System.Globalization;
using FluentAssertions;
using HoodyLogs.AspNetCore.Tests.Architecture.Model;
using HoodyLogs.Yarp;
using Microsoft.CodeAnalysis;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Architecture;

/// <summary>Who may use whom. The order within a folder follows from its uses, which form no circle.</summary>
public sealed class LayerTests
{
    /// <summary>The top folders of each project. A folder uses only folders before it.</summary>
    private static readonly Dictionary<string, string[]> Layers = new()
    {
        ["HoodyLogs.Core"] = ["Diagnostics", "OptionAttributes", "Entries", "Tenancy", "Queries", "Storage", "Tail", "Writing", "Configuration"],
        ["HoodyLogs.AspNetCore"] = ["Capture", "Access", "Endpoints", "Configuration"],
        ["HoodyLogs.Yarp"] = [],
    };

    private static IEnumerable<string> Projects => SourceTree.Projects;

    [Test]
    public void The_model_lacks_only_generated_code() =>
        Violations.None(CodeModel.Product.Compilation.GetDiagnostics().Where(IsMeant).Select(error => error.ToString()));

    [TestCaseSource(nameof(Projects))]
    public void Every_top_folder_is_a_layer(string project) =>
        CodeModel.Product.Types.Select(type => type.Folder.Split('/')).Where(path => path[0] == project && path.Length > 1).Select(path => path[1]).Distinct()
            .Should().BeEquivalentTo(Layers[project], "each top folder has a place in the order of layers");

    [TestCaseSource(nameof(Projects))]
    public void A_layer_uses_only_those_before_it(string project) => Violations.None(UseRules.Layers(CodeModel.Product, project, Layers[project]));

    [TestCaseSource(nameof(Projects))]
    public void Sibling_folders_form_no_circle(string project) => Violations.None(UseRules.FolderCircles(CodeModel.Product, project));

    [TestCaseSource(nameof(Projects))]
    public void A_folder_and_its_subfolders_form_no_circle(string project) => Violations.None(UseRules.ParentCircles(CodeModel.Product, project));

    [Test]
    public void Types_form_no_circle() => Violations.None(UseRules.TypeCircles(CodeModel.Product));

    [Test]
    public void The_core_knows_no_AspNetCore()
    {
        typeof(LogRecord).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name)
            .Should().NotContain(name => name!.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || name.StartsWith("Yarp", StringComparison.Ordinal));
        typeof(ProxyLogsOptions).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name)
            .Should().Contain("HoodyLogs.Core").And.NotContain(name => name!.StartsWith("Yarp", StringComparison.Ordinal), "it serves any proxy");
        typeof(YarpOptions).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name).Should().Contain(["HoodyLogs.AspNetCore", "Yarp.ReverseProxy"]);
    }

    /// <summary>CS8795 is a partial method without its generated part. A context for JSON has generated members.</summary>
    private static bool IsMeant(Diagnostic diagnostic) =>
        diagnostic is { Severity: DiagnosticSeverity.Error, Id: not "CS8795" }
        && !diagnostic.GetMessage(CultureInfo.InvariantCulture).Contains("JsonContext", StringComparison.Ordinal)
        && !diagnostic.GetMessage(CultureInfo.InvariantCulture).Contains("JsonSerializerContext", StringComparison.Ordinal)
        && !diagnostic.GetMessage(CultureInfo.InvariantCulture).Contains("OptionsValidator", StringComparison.Ordinal);
}
