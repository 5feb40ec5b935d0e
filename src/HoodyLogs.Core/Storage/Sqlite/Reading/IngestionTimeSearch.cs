using HoodyLogs.Storage.Sqlite.Records;
using HoodyLogs.Storage.Sqlite.Segments;

namespace HoodyLogs.Storage.Sqlite.Reading;

/// <summary>Finds rows by ingestion time. It needs no index, because ingestion times increase with the ids.</summary>
internal static class IngestionTimeSearch
{
    /// <summary>Returns the id of the first visible row with this ingestion time or a later one. If there is none, returns the id after the last one.</summary>
    public static long FindFirstId(RecordCursor cursor, StoreSnapshot snapshot, long fromUs)
    {
        var (low, end) = (snapshot.RetentionFloor, snapshot.LastId + 1);
        foreach (var segment in snapshot.Sealed)
        {
            if (cursor.CorrectTime(segment.LastId, segment.MaxIngestedUs) >= fromUs)
            {
                end = segment.LastId + 1;
                break;
            }

            low = segment.LastId + 1;
        }

        for (var high = end; low < high;)
        {
            var middle = low + ((high - low) / 2);
            if (!cursor.SeekReadable(middle) || cursor.Id >= end || cursor.IngestedUs >= fromUs) high = middle;
            else low = cursor.Id + 1;
        }

        // The result can be the second id of the last row that is too old. Move to the next row.
        low = cursor.SeekForward(low) && cursor.Id <= snapshot.LastId ? cursor.Id : snapshot.LastId + 1;
        cursor.Reset();
        return low;
    }
}
