using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HoodyLogs.Storage.Sqlite.Files;

/// <summary>
/// Locks an open file exclusively on Unix. The framework's own lock is not enough: it ignores file systems without locks, and
/// <c>DOTNET_SYSTEM_IO_DISABLEFILELOCKING</c> turns it off. On Windows, opening the file exclusively is the lock.
/// </summary>
internal static partial class AdvisoryLock
{
    private const int ExclusiveWithoutWaiting = 2 | 4;
    private const int Interrupted = 4;

    private static readonly int WouldBlock = OperatingSystem.IsLinux() ? 11 : 35;

    /// <summary>Takes the lock without waiting. If the handle has the lock already, nothing changes.</summary>
    /// <returns>False if another handle has the lock.</returns>
    /// <exception cref="NotSupportedException">The file system does not support locks.</exception>
    public static bool TryTake(SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows()) return true;
        while (Lock((int)file.DangerousGetHandle(), ExclusiveWithoutWaiting) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == WouldBlock) return false;
            if (error != Interrupted) throw new NotSupportedException($"Its file system does not support locks ({Marshal.GetPInvokeErrorMessage(error)}), so two processes could write to the file at the same time.");
        }

        return true;
    }

    /// <summary>Returns whether a file could not be opened because another handle has its lock.</summary>
    public static bool IsConflict(IOException failure) => OperatingSystem.IsWindows()
        ? (failure.HResult & 0xFFFF) is 32 or 33 // sharing violation, lock violation
        : failure.HResult == WouldBlock;

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Lock(int file, int operation);
}
