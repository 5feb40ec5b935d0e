using HoodyLogs.Storage.Files;
using Microsoft.Win32.SafeHandles;

namespace HoodyLogs.Storage.Bodies;

/// <summary>A file that contains bodies.</summary>
/// <param name="path">The path of the file.</param>
/// <param name="firstId">The id of the first record with a body in the file. The file has the bodies of all records up to the first record of the next file.</param>
/// <param name="bytes">The number of bytes in use.</param>
internal sealed class BodyFile(string path, long firstId, long bytes)
{
    // The writer can delete a file while readers have it open.
    private const FileShare Sharing = FileShare.ReadWrite | FileShare.Delete;

    private int _failureReported;

    public string Path => path;

    public long FirstId => firstId;

    /// <summary>Returns true for the first failure to read the file, so that it is logged once.</summary>
    public bool IsFirstFailure() => Interlocked.Exchange(ref _failureReported, 1) == 0;

    /// <summary>The number of bytes in use. Only the writer uses this property.</summary>
    public long Bytes { get; set; } = bytes;

    public SafeFileHandle OpenToRead() => File.OpenHandle(path, FileMode.Open, FileAccess.Read, Sharing);

    /// <summary>Opens the file for writing. Creates it first if it is new, readable only by its owner.</summary>
    public SafeFileHandle OpenToWrite(bool isNew)
    {
        if (isNew) new FileStream(path, PrivateFiles.Options(FileMode.Create, Sharing)).Dispose();
        return File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, Sharing);
    }

    /// <summary>Reads bytes from an open file until the buffer is full.</summary>
    /// <returns>False if the file ends before the buffer is full.</returns>
    public static bool ReadFully(SafeFileHandle handle, long offset, Span<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var read = RandomAccess.Read(handle, buffer, offset);
            if (read == 0) return false;
            buffer = buffer[read..];
            offset += read;
        }

        return true;
    }
}
