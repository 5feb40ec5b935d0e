using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace HoodyLogs.Storage.Files;

/// <summary>Who owns a file and as whom this process runs, for messages about missing rights.</summary>
internal static partial class FileOwner
{
    private const int CurrentFolder = -100;
    private const uint WantUserId = 8;
    private const int StatusBytes = 256;
    private const int UserIdOffset = 20;

    /// <summary>This process: its user id where the system has them, else the user's name.</summary>
    public static string CurrentUser => CurrentUserId is { } id ? $"user id {id}" : Environment.UserName;

    /// <summary>The user id of this process; null on Windows.</summary>
    public static uint? CurrentUserId => OperatingSystem.IsWindows() ? null : GetEffectiveUserId();

    /// <summary>The id of the user who owns a file or folder; null where the system does not tell.</summary>
    public static unsafe uint? Find(string path)
    {
        if (!OperatingSystem.IsLinux()) return null;
        var status = stackalloc byte[StatusBytes];
        try
        {
            if (Statx(CurrentFolder, path, 0, WantUserId, status) != 0) return null;
            var userId = new ReadOnlySpan<byte>(status + UserIdOffset, sizeof(uint));
            return BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(userId) : BinaryPrimitives.ReadUInt32BigEndian(userId);
        }
        catch (EntryPointNotFoundException)
        {
            return null; // a C library without statx
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, byte* status);
}
