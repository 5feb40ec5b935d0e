using HoodyLogs.Storage.Sqlite.Records;
using HoodyLogs.Storage.Sqlite.Segments;

namespace HoodyLogs.Storage.Sqlite.Reading;

/// <summary>Finds rows by the time of their ingestion without an index of its own, since it grows with the ids.</summary>
internal static class IngestionTimeSearch
{
    /// <summary>The id of the first visible row that was ingested at this time or later; one more than the last id where there is none.</summary>
    public static long FindFirstId(RecordCursor cursor, StoreSnapshot view, long fromUs)
    {
        var (low, end) = (view.RetentionFloor, view.LastId + 1);
        foreach (var segment in view.Sealed)
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

        // What was found may be the second face of the last row that is too old.
        low = cursor.SeekForward(low) && cursor.Id <= view.LastId ? cursor.Id : view.LastId + 1;
        cursor.Reset();
        return low;
    }
}
