using System.Text.Json;

namespace HoodyLogs.Storage.Sqlite;

/// <summary>What the store itself has to say in the log.</summary>
internal static class StoreEvents
{
    public static LogRecord MovedAside(string path, string aside, TimeProvider time) => new()
    {
        Shape = RecordShape.Event,
        Level = EntryLevel.Error,
        TimestampMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
        OwnRequestData = [.. "\"message\":\""u8, .. JsonEncodedText.Encode($"The log database {path} was damaged and moved to {aside}; a new one was begun.").EncodedUtf8Bytes, .. "\""u8],
    };
}
