using Microsoft.Win32.SafeHandles;

namespace HoodyLogs.Storage.Bodies;

/// <summary>Reads bodies, for one read at a time.</summary>
internal sealed class BodyReader(BodyFiles files) : IDisposable
{
    private BodyFile? _file;
    private SafeFileHandle? _handle;

    /// <summary>Reads a body of a record.</summary>
    /// <param name="id">The id of the record.</param>
    /// <param name="offset">Where the body begins.</param>
    /// <param name="check">Its checksum.</param>
    /// <param name="body">Takes the body, and is as long.</param>
    /// <returns>False where it is not there any more: retention has just removed it, or a power cut took it.</returns>
    /// <exception cref="LogStoreException">It cannot be read.</exception>
    public bool TryRead(long id, long offset, uint check, Span<byte> body)
    {
        try
        {
            return Open(id) is { } handle && ReadAll(handle, offset, body) && BodyPlace.Check(body) == check;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new LogStoreException($"The bodies of the log cannot be read from {_file?.Path}: {failure.Message}", failure);
        }
    }

    /// <summary>Lets go of the file, whose space would not be given back before.</summary>
    public void Release()
    {
        _handle?.Dispose();
        (_file, _handle) = (null, null);
    }

    public void Dispose() => Release();

    private SafeFileHandle? Open(long id)
    {
        var file = files.FileOf(id);
        if (file is null || file == _file) return file is null ? null : _handle;
        Release();
        _file = file;
        try
        {
            return _handle = file.OpenToRead();
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static bool ReadAll(SafeFileHandle handle, long offset, Span<byte> body)
    {
        while (!body.IsEmpty)
        {
            var read = RandomAccess.Read(handle, body, offset);
            if (read == 0) return false;
            body = body[read..];
            offset += read;
        }

        return true;
    }
}
