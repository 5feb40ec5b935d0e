using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Snappier;

namespace HoodyLogs.Storage.Bodies;

/// <summary>Reads bodies, for one read at a time.</summary>
/// <param name="files">The files.</param>
/// <param name="unreadable">Takes note of a file that cannot be read.</param>
internal sealed class BodyReader(BodyFiles files, Action<BodyFile, Exception> unreadable) : IDisposable
{
    /// <summary>Three bytes of Snappy become 64 at most.</summary>
    private const long MaxExpansion = 22;

    private BodyFile? _file;
    private SafeFileHandle? _handle;

    /// <summary>Reads a body of a record.</summary>
    /// <param name="id">The id of the record.</param>
    /// <param name="offset">Where the body begins.</param>
    /// <param name="stored">How it is stored.</param>
    /// <returns>Null if it is lost: retention has just removed it, a power cut took it, it is damaged, or its file cannot be read.</returns>
    public PooledBody? Read(long id, long offset, StoredBody stored)
    {
        byte[]? rented = null;
        try
        {
            // What a damaged row asks for is not even rented.
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
            // One file must not keep the entries from being read.
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

    /// <summary>Lets go of the file, whose space would not be given back before.</summary>
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

    /// <exception cref="InvalidDataException">It is damaged, although its checksum is right.</exception>
    private static PooledBody Decompress(ReadOnlySpan<byte> packed)
    {
        var length = Snappy.GetUncompressedLength(packed);
        if (length > packed.Length * MaxExpansion) throw new InvalidDataException("The body says that it is longer than it can be.");
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            return new PooledBody(rented, Snappy.Decompress(packed, rented));
        }
        catch (Exception damage) when (damage is InvalidDataException or ArgumentException)
        {
            ArrayPool<byte>.Shared.Return(rented);
            throw new InvalidDataException("The body cannot be unpacked.", damage);
        }
    }
}

/// <summary>A body that was read, in pooled memory. Give it back by <see cref="Dispose"/>, once.</summary>
internal readonly struct PooledBody(byte[] rented, int length) : IDisposable
{
    public ReadOnlySpan<byte> Content => rented.AsSpan(0, length);

    public void Dispose()
    {
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }
}
