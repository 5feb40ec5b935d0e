using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Snappier;

namespace HoodyLogs.Storage.Bodies;

/// <summary>Reads bodies. An instance serves one read at a time.</summary>
/// <param name="files">The files.</param>
/// <param name="unreadable">Reports a file that cannot be read.</param>
internal sealed class BodyReader(BodyFiles files, Action<BodyFile, Exception> unreadable) : IDisposable
{
    /// <summary>The maximum expansion of Snappy: 3 bytes become at most 64.</summary>
    private const long MaxExpansion = 22;

    private BodyFile? _file;
    private SafeFileHandle? _handle;

    /// <summary>Reads a body of a record.</summary>
    /// <param name="id">The id of the record.</param>
    /// <param name="offset">The offset of the body in the file.</param>
    /// <param name="stored">The size and format of the body.</param>
    /// <returns>The body. Null if it is lost: retention deleted it, a power cut truncated it, it is damaged, or its file cannot be read.</returns>
    public PooledBody? Read(long id, long offset, StoredBody stored)
    {
        byte[]? rented = null;
        try
        {
            // A damaged row can ask for a huge length, so the length is checked before a buffer is rented.
            if (Open(id) is not { } handle || RandomAccess.GetLength(handle) < offset + stored.Bytes) return null;
            rented = ArrayPool<byte>.Shared.Rent((int)stored.Bytes);
            var bytes = rented.AsSpan(0, (int)stored.Bytes);
            if (!BodyFile.ReadFully(handle, offset, bytes) || !stored.Matches(bytes)) return null;
            if (stored.IsCompressed) return Decompress(bytes);
            var body = new PooledBody(rented, bytes.Length);
            rented = null;
            return body;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The entries can be returned without this body.
            if (_file is not null) unreadable(_file, failure);
            return null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
        finally
        {
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Closes the file. The file system frees the space of a deleted file only when it is closed.</summary>
    public void Release()
    {
        _handle?.Dispose();
        (_file, _handle) = (null, null);
    }

    public void Dispose() => Release();

    private SafeFileHandle? Open(long id)
    {
        var file = files.FindFile(id);
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

    /// <exception cref="InvalidDataException">The body is damaged although its checksum is correct.</exception>
    private static PooledBody Decompress(ReadOnlySpan<byte> compressed)
    {
        var length = Snappy.GetUncompressedLength(compressed);
        if (length > compressed.Length * MaxExpansion) throw new InvalidDataException("The compressed body has an impossible length.");
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            return new PooledBody(rented, Snappy.Decompress(compressed, rented));
        }
        catch (Exception damage) when (damage is InvalidDataException or ArgumentException)
        {
            ArrayPool<byte>.Shared.Return(rented);
            throw new InvalidDataException("The compressed body is damaged.", damage);
        }
    }
}

/// <summary>A body in pooled memory. Call <see cref="Dispose"/> exactly once to return the memory.</summary>
internal readonly struct PooledBody(byte[] rented, int length) : IDisposable
{
    public ReadOnlySpan<byte> Content => rented.AsSpan(0, length);

    public void Dispose()
    {
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }
}
