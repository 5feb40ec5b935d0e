namespace HoodyLogs.Entries;

/// <summary>Converts enum values to the names of the API and back. Parsing ignores case.</summary>
internal static class EntryNames
{
    public const string Kinds = "request, response or event";
    public const string Levels = "debug, info, warn or error";
    public const string Sources = "backend or edge";

    public static ReadOnlySpan<byte> Of(EntryKind kind) => kind switch
    {
        EntryKind.Request => "request"u8,
        EntryKind.Response => "response"u8,
        _ => "event"u8,
    };

    public static ReadOnlySpan<byte> Of(EntryLevel level) => level switch
    {
        EntryLevel.Debug => "debug"u8,
        EntryLevel.Info => "info"u8,
        EntryLevel.Warn => "warn"u8,
        _ => "error"u8,
    };

    public static ReadOnlySpan<byte> Of(BodyState state) => state switch
    {
        BodyState.Full => "full"u8,
        BodyState.Capped => "capped"u8,
        BodyState.ExcludedType => "excludedType"u8,
        BodyState.Streamed => "streamed"u8,
        BodyState.Upgraded => "upgraded"u8,
        BodyState.Aborted => "aborted"u8,
        BodyState.Redacted => "redacted"u8,
        BodyState.Empty => "empty"u8,
        BodyState.Lost => "lost"u8,
        _ => "notCaptured"u8,
    };

    public static bool TryKind(ReadOnlySpan<char> name, out EntryKind kind)
    {
        kind = Is(name, "request") ? EntryKind.Request : Is(name, "response") ? EntryKind.Response : EntryKind.Event;
        return kind != EntryKind.Event || Is(name, "event");
    }

    public static bool TryLevel(ReadOnlySpan<char> name, out EntryLevel level)
    {
        level = Is(name, "debug") ? EntryLevel.Debug : Is(name, "info") ? EntryLevel.Info : Is(name, "warn") ? EntryLevel.Warn : EntryLevel.Error;
        return level != EntryLevel.Error || Is(name, "error");
    }

    public static bool TrySource(ReadOnlySpan<char> name, out EntrySource source)
    {
        source = Is(name, "edge") ? EntrySource.Edge : EntrySource.Backend;
        return source == EntrySource.Edge || Is(name, "backend");
    }

    private static bool Is(ReadOnlySpan<char> name, string value) => name.Equals(value, StringComparison.OrdinalIgnoreCase);
}
