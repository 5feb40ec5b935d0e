namespace HoodyLogs.Storage.Sqlite.Records;

/// <summary>
/// Flags of a record. The most frequent flags are in the lowest seven bits, so that they take one byte. Then follow four bits for the state of each body.
/// </summary>
internal readonly struct RecordFlags(long value)
{
    private const long TraceMask = 3;
    private const long RequestBodyBit = 1 << 2;
    private const long ResponseBodyBit = 1 << 3;
    private const long RequestTextBit = 1 << 4;
    private const long ResponseTextBit = 1 << 5;
    private const int RequestShift = 6;
    private const int ResponseShift = 10;
    private const long StateMask = 15;

    public long Value => value;

    public TraceForm Trace => (TraceForm)(value & TraceMask);

    public BodyState RequestState => (BodyState)((value >> RequestShift) & StateMask);

    public BodyState ResponseState => (BodyState)((value >> ResponseShift) & StateMask);

    public bool HasRequestBody => (value & RequestBodyBit) != 0;

    public bool HasResponseBody => (value & ResponseBodyBit) != 0;

    public bool HasBodies => (value & (RequestBodyBit | ResponseBodyBit)) != 0;

    public bool RequestBodyIsText => (value & RequestTextBit) != 0;

    public bool ResponseBodyIsText => (value & ResponseTextBit) != 0;

    public static RecordFlags Of(LogRecord record, TraceForm trace) => new(
        (long)trace
        | (record.RequestBody is null ? 0 : RequestBodyBit)
        | (record.ResponseBody is null ? 0 : ResponseBodyBit)
        | (record.RequestBody is { IsText: true } ? RequestTextBit : 0)
        | (record.ResponseBody is { IsText: true } ? ResponseTextBit : 0)
        | ((long)record.RequestBodyState << RequestShift)
        | ((long)record.ResponseBodyState << ResponseShift));
}
