using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HoodyLogs.Storage.Sqlite.Files;

/// <summary>
/// Takes the lock of an open file itself on Unix. The framework ignores it if a file system has no locks, and takes none at all under
/// <c>DOTNET_SYSTEM_IO_DISABLEFILELOCKING</c>. On Windows opening the file exclusively is the lock.
/// </summary>
internal static partial class AdvisoryLock
{
    private const int ExclusiveWithoutWaiting = 2 | 4;
    private const int Interrupted = 4;

    private static readonly int WouldBlock = OperatingSystem.IsLinux() ? 11 : 35;

    /// <summary>Takes the lock without waiting. Taking it again on the same handle changes nothing.</summary>
    /// <returns>False if another handle has it.</returns>
    /// <exception cref="NotSupportedException">The file system cannot hold a lock.</exception>
    public static bool TryTake(SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows()) return true;
        while (Lock((int)file.DangerousGetHandle(), ExclusiveWithoutWaiting) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == WouldBlock) return false;
            if (error != Interrupted) throw new NotSupportedException($"Its file system cannot hold a lock ({Marshal.GetPInvokeErrorMessage(error)}), so two processes could write to it.");
        }

        return true;
    }

    /// <summary>Whether a file could not be opened because another handle holds its lock.</summary>
    public static bool IsConflict(IOException failure) => OperatingSystem.IsWindows()
        ? (failure.HResult & 0xFFFF) is 32 or 33 // sharing violation, lock violation
        : failure.HResult == WouldBlock;

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Lock(int file, int operation);
}
