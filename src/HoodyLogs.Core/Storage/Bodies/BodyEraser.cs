using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace HoodyLogs.Storage.Bodies;

/// <summary>Overwrites bodies in one file. A damaged row must not make it overwrite the bodies of others, so the file has to agree with the row.</summary>
/// <param name="handle">The file.</param>
/// <param name="firstId">The first id with bodies in the file.</param>
/// <param name="endId">The first id with bodies in the next file.</param>
/// <param name="placeOf">Where the bodies of a record are; null where it has none.</param>
internal sealed class BodyEraser(SafeFileHandle handle, long firstId, long endId, Func<long, BodyLocation?> placeOf)
{
    private const int ChunkBytes = 256 * 1024;
    private const int MaxNeighbours = 20_000;

    public void Erase(long id, BodyLocation place)
    {
        var end = RandomAccess.GetLength(handle);
        if (place.Offset + place.Bytes > end)
        {
            // A power cut has taken the end of the file, or the row is damaged.
            if (place.Offset < end && LiesBetweenNeighbours(id, place.Offset, long.MaxValue)) Overwrite(place.Offset, end - place.Offset);
            return;
        }

        if (HasBody(id, place.Offset, place.Request)) Overwrite(place.Offset, place.Request.Bytes);
        if (HasBody(id, place.ResponseOffset, place.Response)) Overwrite(place.ResponseOffset, place.Response.Bytes);
    }

    /// <summary>Whether a body is at its place, or what an erasure that was interrupted has left of it.</summary>
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

    /// <summary>Whether the bodies of the records before and after this one lie outside of a part of the file.</summary>
    private bool LiesBetweenNeighbours(long id, long from, long to)
    {
        var neighbours = 0;
        for (var before = id - 1; before >= firstId; before--)
        {
            if (++neighbours > MaxNeighbours) return false;
            if (placeOf(before) is not { Bytes: > 0 } other) continue;
            if (other.Offset + other.Bytes > from) return false;
            break;
        }

        for (var after = id + 1; after < endId && after - id <= MaxNeighbours; after++)
        {
            if (placeOf(after) is { Bytes: > 0 } other) return other.Offset >= to;
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
