using System.Diagnostics;
using System.Text.Json;
using FluentAssertions;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Architecture;

/// <summary>What the package adds to the build of an app.</summary>
public sealed class PackageTests
{
    private static readonly string Project = Path.Combine(SourceTree.Root, "src", "HoodyLogs.AspNetCore");
    private static readonly string Props = Path.Combine(Project, "buildTransitive", "HoodyLogs.AspNetCore.props");

    [Test]
    public async Task The_default_database_and_its_files_are_no_items_of_an_app()
    {
        using var folder = new TestFolder();
        var data = Directory.CreateDirectory(Path.Combine(folder.Path, "data")).FullName;
        foreach (var name in new[] { "", "-wal", "-shm", ".lock", ".owner", "-bodies-2", ".corrupt-20260102T030405678Z", ".corrupt-20260102T030405678Z-bodies-2" })
        {
            await File.WriteAllTextAsync(Path.Combine(data, "logs.db" + name), "");
        }

        await File.WriteAllTextAsync(Path.Combine(data, "cities.json"), "{}");
        var project = Path.Combine(folder.Path, "App.csproj");
        await File.WriteAllTextAsync(
            project,
            $"""<Project Sdk="Microsoft.NET.Sdk.Web"><Import Project="{Props}" /><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>""");

        var items = await ItemsAsync(project, "None", "Content", "EmbeddedResource");

        items.Select(item => Path.GetFileName(item.GetProperty("Identity").GetString())).Should().Equal("cities.json");
    }

    [Test]
    public async Task The_package_carries_its_build_file_for_direct_and_indirect_references()
    {
        var items = await ItemsAsync(Path.Combine(Project, "HoodyLogs.AspNetCore.csproj"), "None");

        var packed = items.Single(item => item.GetProperty("FullPath").GetString() == Props);
        packed.GetProperty("Pack").GetString().Should().Be("true");
        packed.GetProperty("PackagePath").GetString().Should().Be("buildTransitive/HoodyLogs.AspNetCore.props");
    }

    private static async Task<List<JsonElement>> ItemsAsync(string project, params string[] names)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["msbuild", project, .. names.Select(name => $"-getItem:{name}")]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0, output);
        return [.. JsonDocument.Parse(output).RootElement.GetProperty("Items").EnumerateObject().SelectMany(name => name.Value.EnumerateArray())];
    }
}
