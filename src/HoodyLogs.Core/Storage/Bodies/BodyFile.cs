using HoodyLogs.Storage.Files;
using Microsoft.Win32.SafeHandles;

namespace HoodyLogs.Storage.Bodies;

/// <summary>One file of bodies.</summary>
/// <param name="path">The file.</param>
/// <param name="firstId">The id of the first record with a body in it; those of later records are here too, up to the first one of the next file.</param>
/// <param name="bytes">How much of it is taken.</param>
internal sealed class BodyFile(string path, long firstId, long bytes)
{
    // Readers and the writer's removal must not be in each other's way.
    private const FileShare Sharing = FileShare.ReadWrite | FileShare.Delete;

    private int _failureReported;

    public string Path => path;

    public long FirstId => firstId;

    /// <summary>Whether it is the first time that the file cannot be read.</summary>
    public bool IsFirstFailure() => Interlocked.Exchange(ref _failureReported, 1) == 0;

    /// <summary>How much of it is taken. For the writer alone.</summary>
    public long Bytes { get; set; } = bytes;

    public SafeFileHandle OpenToRead() => File.OpenHandle(path, FileMode.Open, FileAccess.Read, Sharing);

    /// <summary>Opens the file, which a new record makes, for its owner alone.</summary>
    public SafeFileHandle OpenToWrite(bool isNew)
    {
        if (isNew) new FileStream(path, PrivateFiles.Options(FileMode.Create, Sharing)).Dispose();
        return File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, Sharing);
    }

    /// <summary>Reads bytes from an open file until the buffer is full.</summary>
    /// <returns>False if the file ends before.</returns>
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
