using System.Text.Json;
using HoodyLogs.Entries;

namespace HoodyLogs.AspNetCore.Tests.Capture;

/// <summary>Converts records to the JSON of the API.</summary>
internal static class Shown
{
    public static LogEntry Request(this LogRecord record) => Face(record, RecordParts.First);

    public static LogEntry Response(this LogRecord record) =>
        Face(record, record.Shape == RecordShape.Exchange ? RecordParts.Second : RecordParts.First);

    /// <summary>Returns the first entry as readers see it who are not admins.</summary>
    public static LogEntry ForScope(this LogRecord record) => Face(record, RecordParts.First, forAdmin: false);

    public static JsonElement Data(this LogEntry entry, string name) => entry.Data.GetProperty(name);

    public static bool HasData(this LogEntry entry, string name) => entry.Data.TryGetProperty(name, out _);

    private static LogEntry Face(LogRecord record, RecordParts face, bool forAdmin = true)
    {
        if (record.Id == 0) record.AssignIds(1, 1, new LogSeries(0, record.Key));
        LogEntry? entry = null;
        RecordEntryViews.Visit(record, face, forAdmin, (in LogEntryView view) => entry = LogEntry.From(view.WithBodies(true, record.RequestBody, true, record.ResponseBody)));
        return entry!;
    }
}
