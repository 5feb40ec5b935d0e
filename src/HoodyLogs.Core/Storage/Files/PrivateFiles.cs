namespace HoodyLogs.Storage.Files;

/// <summary>Folders and files that nobody else on the machine may read.</summary>
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

    /// <summary>Makes a folder, unless it is there.</summary>
    public static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, PrivateFolder);
    }

    /// <summary>Makes the folder of a file, unless it is there. What a new folder holds is kept out of version control.</summary>
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
            // The file is a convenience. The same cause keeps the database from being opened, and that is logged.
        }
    }
}
