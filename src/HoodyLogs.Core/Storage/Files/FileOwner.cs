using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace HoodyLogs.Storage.Files;

/// <summary>Finds the owner of a file and the user of this process, for error messages about missing permissions.</summary>
internal static partial class FileOwner
{
    private const int CurrentFolder = -100;
    private const uint WantUserId = 8;
    private const int StatusBytes = 256;
    private const int UserIdOffset = 20;

    /// <summary>The user of this process: the user id, or the user name on Windows.</summary>
    public static string CurrentUser => CurrentUserId is { } id ? $"user id {id}" : Environment.UserName;

    /// <summary>The user id of this process. Null on Windows.</summary>
    public static uint? CurrentUserId => OperatingSystem.IsWindows() ? null : GetEffectiveUserId();

    /// <summary>Finds the user id of the owner of a file or folder. Null if it is unknown.</summary>
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
            return null; // the C library has no statx
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, byte* status);
}
