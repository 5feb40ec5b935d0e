namespace HoodyLogs.Storage.Files;

/// <summary>Resolves symbolic links, so that two names of one file become the same path.</summary>
internal static class ResolvedPath
{
    private const int MaxLinks = 40;

    /// <summary>Returns the absolute path without symbolic links. Parts that do not exist stay unchanged.</summary>
    /// <exception cref="IOException">The links form a loop, or a link cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A link cannot be read.</exception>
    public static string Resolve(string path)
    {
        var full = Path.GetFullPath(path);
        var resolved = Path.GetPathRoot(full)!;
        var rest = new Stack<string>();
        Push(rest, full[resolved.Length..]);
        var links = 0;
        while (rest.TryPop(out var part))
        {
            if (part == "..")
            {
                resolved = Path.GetDirectoryName(resolved) ?? resolved;
                continue;
            }

            var next = part == "." ? resolved : Path.Combine(resolved, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                resolved = next;
                continue;
            }

            if (++links > MaxLinks) throw new IOException($"The path {path} has more than {MaxLinks} symbolic links.");
            var root = Path.GetPathRoot(target) ?? "";
            if (root.Length > 0) resolved = root;
            Push(rest, target[root.Length..]);
        }

        return resolved;
    }

    private static void Push(Stack<string> rest, string path)
    {
        var parts = path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        for (var i = parts.Length - 1; i >= 0; i--) rest.Push(parts[i]);
    }
}
