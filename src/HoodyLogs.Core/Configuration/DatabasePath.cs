using System.Text.RegularExpressions;

namespace HoodyLogs.Configuration;

/// <summary>What <see cref="SqliteOptions.Database"/> may be: a path, or <c>:memory:</c>.</summary>
internal static partial class DatabasePath
{
    private const string Memory = ":memory:";

    public static bool IsMemory(string database) => database.Equals(Memory, StringComparison.OrdinalIgnoreCase);

    public static bool IsValid(string database) => IsMemory(database)
        || (!string.IsNullOrWhiteSpace(database) && !database.Contains('\0', StringComparison.Ordinal) && Path.GetFileName(database).Length > 0
            && !ConnectionString().IsMatch(database));

    /// <summary>The absolute path; what is no valid path stays as it is, for the check that follows.</summary>
    public static string MakeAbsolute(string database, string folder) =>
        database is null || IsMemory(database) || !IsValid(database) ? database! : Path.GetFullPath(database, folder);

    /// <summary>A connection string or a URI of SQLite, which would otherwise become the name of a file.</summary>
    [GeneratedRegex(@"^\s*(file|sqlite):|(^|;)\s*(data\s*source|filename|mode|cache|password|pooling|version|foreign\s*keys|default\s*timeout)\s*=", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ConnectionString();
}
