using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace HoodyLogs.Storage.Bodies;

/// <summary>
/// Overwrites the bodies of deleted records in one file. A damaged row can have a wrong location. Therefore the content of the file must match the row
/// before anything is overwritten.
/// </summary>
/// <param name="handle">The file.</param>
/// <param name="firstId">The first id with bodies in the file.</param>
/// <param name="endId">The first id with bodies in the next file.</param>
/// <param name="locate">Returns the location of a record's bodies. Null if the record has no bodies.</param>
internal sealed class BodyEraser(SafeFileHandle handle, long firstId, long endId, Func<long, BodyLocation?> locate)
{
    private const int ChunkBytes = 256 * 1024;
    private const int MaxNeighbours = 20_000;

    public void Erase(long id, BodyLocation location)
    {
        var end = RandomAccess.GetLength(handle);
        if (location.Offset + location.Bytes > end)
        {
            // A power cut has truncated the file, or the row is damaged.
            if (location.Offset < end && LiesBetweenNeighbours(id, location.Offset, long.MaxValue)) Overwrite(location.Offset, end - location.Offset);
            return;
        }

        if (HasBody(id, location.Offset, location.Request)) Overwrite(location.Offset, location.Request.Bytes);
        if (HasBody(id, location.ResponseOffset, location.Response)) Overwrite(location.ResponseOffset, location.Response.Bytes);
    }

    /// <summary>Returns whether the body is at its location, or the rest of a body that an interrupted erasure has left.</summary>
    private bool HasBody(long id, long offset, StoredBody body)
    {
        var rented = ArrayPool<byte>.Shared.Rent((int)body.Bytes);
        try
        {
            var bytes = rented.AsSpan(0, (int)body.Bytes);
            if (!BodyFile.ReadFully(handle, offset, bytes)) return false;
            if (body.Matches(bytes)) return true;
            var isErasedInPart = !bytes[..Math.Min(bytes.Length, ChunkBytes)].ContainsAnyExcept((byte)0);
            return isErasedInPart && LiesBetweenNeighbours(id, offset, offset + bytes.Length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Returns whether the bodies of the previous and the next record lie outside the range.</summary>
    private bool LiesBetweenNeighbours(long id, long from, long to)
    {
        var neighbours = 0;
        for (var before = id - 1; before >= firstId; before--)
        {
            if (++neighbours > MaxNeighbours) return false;
            if (locate(before) is not { Bytes: > 0 } other) continue;
            if (other.Offset + other.Bytes > from) return false;
            break;
        }

        for (var after = id + 1; after < endId && after - id <= MaxNeighbours; after++)
        {
            if (locate(after) is { Bytes: > 0 } other) return other.Offset >= to;
        }

        return true;
    }

    private void Overwrite(long offset, long bytes)
    {
        var zeros = new byte[Math.Min(bytes, ChunkBytes)];
        for (long at = 0; at < bytes; at += zeros.Length)
        {
            RandomAccess.Write(handle, zeros.AsSpan(0, (int)Math.Min(zeros.Length, bytes - at)), offset + at);
        }
    }
}
