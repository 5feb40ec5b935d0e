using System.Text.RegularExpressions;
using HoodyLogs.OptionAttributes;

namespace HoodyLogs.Storage;

/// <summary>Reads <see cref="SqliteOptions.Database"/>: a path, or <c>:memory:</c>.</summary>
internal static partial class DatabasePath
{
    private const string Memory = ":memory:";

    public static bool IsMemory(string database) => database.Equals(Memory, StringComparison.OrdinalIgnoreCase);

    public static bool IsValid(string database) => IsMemory(database)
        || (!string.IsNullOrWhiteSpace(database) && !database.Contains('\0', StringComparison.Ordinal) && Path.GetFileName(database).Length > 0
            && !ConnectionString().IsMatch(database));

    /// <summary>Returns the absolute path. A text that is no valid path is returned as it is, so that the validation shows it.</summary>
    public static string MakeAbsolute(string database, string folder) =>
        database is null || IsMemory(database) || !IsValid(database) ? database! : Path.GetFullPath(database, folder);

    /// <summary>Matches connection strings and SQLite URIs, which would otherwise become the name of a file.</summary>
    [GeneratedRegex(@"^\s*(file|sqlite):|(^|;)\s*(data\s*source|filename|mode|cache|password|pooling|version|foreign\s*keys|default\s*timeout)\s*=", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ConnectionString();
}

/// <summary>Requires a path or <c>:memory:</c>.</summary>
internal sealed class DatabasePathAttribute() : TextAttribute("the path of a file (no connection string and no file: URI), or :memory:")
{
    protected override bool IsAllowed(string text) => DatabasePath.IsValid(text);
}
