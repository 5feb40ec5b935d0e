using HoodyLogs.Entries;

namespace HoodyLogs.Storage.Sqlite;

/// <summary>The column <c>flags</c>: four bits for each body's state, then what is stored and how.</summary>
internal readonly struct RecordFlags(long value)
{
    private const int ResponseShift = 4;
    private const long StateMask = 15;
    private const long RequestBodyBit = 1 << 8;
    private const long ResponseBodyBit = 1 << 9;
    private const long UuidBit = 1 << 10;
    private const long RequestTextBit = 1 << 11;
    private const long ResponseTextBit = 1 << 12;

    public long Value => value;

    public BodyState RequestState => (BodyState)(value & StateMask);

    public BodyState ResponseState => (BodyState)((value >> ResponseShift) & StateMask);

    public bool HasRequestBody => (value & RequestBodyBit) != 0;

    public bool HasResponseBody => (value & ResponseBodyBit) != 0;

    public bool RequestBodyIsText => (value & RequestTextBit) != 0;

    public bool ResponseBodyIsText => (value & ResponseTextBit) != 0;

    /// <summary>Whether the 16 bytes of the trace id were written as a UUID.</summary>
    public bool TraceIsUuid => (value & UuidBit) != 0;

    public static RecordFlags Of(LogRecord record, bool traceIsUuid) => new(
        (long)record.RequestBodyState
        | ((long)record.ResponseBodyState << ResponseShift)
        | (record.RequestBody is null ? 0 : RequestBodyBit)
        | (record.ResponseBody is null ? 0 : ResponseBodyBit)
        | (traceIsUuid ? UuidBit : 0)
        | (record.RequestBody is { IsText: true } ? RequestTextBit : 0)
        | (record.ResponseBody is { IsText: true } ? ResponseTextBit : 0));
}
