namespace HoodyLogs.AspNetCore.Tests.Architecture;

/// <summary>Finds the repository that these tests were built from.</summary>
internal static class SourceTree
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>Gets the names of the projects in src.</summary>
    public static IEnumerable<string> Projects { get; } =
        [.. Directory.EnumerateDirectories(Path.Combine(Root, "src")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>Returns the paths of the source files of a project in src, without those that the build creates.</summary>
    public static IEnumerable<string> Sources(string project)
    {
        var folder = Path.Combine(Root, "src", project);
        return Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetRelativePath(folder, file).Split('\\', '/')[0] is not ("bin" or "obj"));
    }

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "HoodyLogs.sln"))
        ? folder
        : Find(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside of the repository."));
}
