namespace HoodyLogs.Storage.Files;

/// <summary>Creates folders and files that only the current user can read.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode PrivateFolder = PrivateFile | UnixFileMode.UserExecute;

    public static FileStreamOptions Options(FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = PrivateFile;
        return options;
    }

    /// <summary>Creates a folder if it does not exist.</summary>
    public static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, PrivateFolder);
    }

    /// <summary>Creates the folder of a file if it does not exist. A new folder gets a <c>.gitignore</c> that excludes its content.</summary>
    public static void CreateFolderOf(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (Directory.Exists(folder)) return;
        CreateFolder(folder);
        try
        {
            using var ignore = new FileStream(Path.Combine(folder, ".gitignore"), Options(FileMode.CreateNew, FileShare.Read));
            ignore.Write("*\n"u8);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The file is only a convenience. If the database cannot be created for the same reason, that failure is logged.
        }
    }
}
