using HoodyLogs.AspNetCore.Endpoints.Responses;
using HoodyLogs.Entries;

namespace HoodyLogs.AspNetCore.Endpoints.Fanout;

/// <summary>Writes the last line of a fanned-out page.</summary>
internal static class FanoutTrailer
{
    /// <summary>Writes the documented line of an expired snapshot.</summary>
    public static void WriteSnapshotExpired(ResponseBuffer buffer) => buffer.Append("{\"__trailer\":true,\"error\":\"snapshot_expired\",\"status\":410}\n"u8);

    /// <summary>Writes the reason why the page ended, and the cursor of the next page.</summary>
    /// <param name="buffer">The buffer.</param>
    /// <param name="cursor">The cursor; null at the end of the snapshot.</param>
    /// <param name="reason"><c>limit</c>, <c>timeout</c>, <c>error</c> or <c>end</c>.</param>
    public static void WriteStopped(ResponseBuffer buffer, string? cursor, ReadOnlySpan<byte> reason)
    {
        var json = new Utf8JsonFragmentWriter(buffer);
        json.Raw("{\"__trailer\":true,\"cursor\":"u8);
        if (cursor is null)
        {
            json.Raw("null"u8);
        }
        else
        {
            json.Raw("\""u8);
            json.Escaped(cursor);
            json.Raw("\""u8);
        }

        json.Raw(",\"stoppedReason\":\""u8);
        json.Raw(reason);
        json.Raw("\"}\n"u8);
        json.Complete();
    }
}
