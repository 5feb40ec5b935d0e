namespace HoodyLogs.AspNetCore.Tests.Architecture;

/// <summary>Finds the repository that these tests were built from.</summary>
internal static class SourceTree
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static IEnumerable<string> Sources(string project, string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, "src", project, folder), "*.cs", SearchOption.AllDirectories);

    public static IEnumerable<string> Folders(string project) =>
        Directory.EnumerateDirectories(Path.Combine(Root, "src", project)).Select(path => Path.GetFileName(path)).Except(["bin", "obj", "buildTransitive"]);

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "HoodyLogs.sln"))
        ? folder
        : Find(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside of the repository."));
}
