namespace HoodyLogs.Entries;

/// <summary>
/// What is captured, queued, stored and counted: one exchange or one event. The API shows it as one or two entries
/// (<see cref="RecordShape"/>). Everything in it is already redacted. Give one to a sink once and do not touch it afterwards.
/// </summary>
public sealed class LogRecord
{
    internal const long MaxTimestampMs = 253_370_764_799_999; // the last millisecond of the year 9998, so that adding a duration stays in range

    internal const long MaxDurationUs = 366L * 24 * 3600 * 1_000_000;

    private long _id;

    /// <summary>Which entries this record shows.</summary>
    public required RecordShape Shape { get; init; }

    /// <summary>Decision E5.</summary>
    public EntryLevel Level { get; init; } = EntryLevel.Info;

    /// <summary>Which side captured it. Default: <see cref="EntrySource.Backend"/>.</summary>
    public EntrySource Source { get; init; }

    /// <summary>The tenant, at most 128 characters; null where unknown. A longer one is stored as unknown, and counted.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The container, at most 128 characters; null where unknown. A longer one is stored as unknown, and counted. A UUID is put in lower case.</summary>
    public string? ContainerId
    {
        get;
        init => field = value is null ? null : ContainerIds.Canonical(value);
    }

    /// <summary>The service, at most 128 characters; null where unknown. A longer one is stored as unknown, and counted.</summary>
    public string? ServiceName { get; init; }

    /// <summary>
    /// Whether the scope comes from something that the client chose and nobody verified, such as a host name. All such scopes together get at most half
    /// of <c>MaxSeries</c>, so that they cannot use up the room of others; beyond it records of new ones are stored as unknown, and counted. Default false.
    /// </summary>
    public bool IsScopeUnverified { get; init; }

    /// <summary>The HTTP method, upper-case and well known; any other belongs into <see cref="RequestData"/>.</summary>
    public string? Method { get; init; }

    /// <summary>The W3C trace id (32 lower-case hex digits) or a UUID (decision E4); null for an event outside of any exchange.</summary>
    public string? TraceId
    {
        get => field ?? (TraceUuid == default ? null : TraceUuid.ToString());
        init;
    }

    /// <summary>A trace id that is a UUID, which takes less room than its text; all zeros where <see cref="TraceId"/> was given instead.</summary>
    internal Guid TraceUuid { get; init; }

    /// <summary>When the request arrived or the event happened: milliseconds since the Unix epoch, UTC. What lies outside of the years 1970 to 9998 is moved to the nearest end.</summary>
    public required long TimestampMs
    {
        get;
        init => field = Math.Clamp(value, 0, MaxTimestampMs);
    }

    /// <summary>From arrival to completion, in microseconds, 0 to 1 year. A response entry's time is the arrival plus this.</summary>
    public long DurationUs
    {
        get;
        init => field = Math.Clamp(value, 0, MaxDurationUs);
    }

    /// <summary>The request target as received: path and query, redacted.</summary>
    public string? Url { get; init; }

    /// <summary>The client's address, without a port.</summary>
    public string? ClientIp { get; init; }

    /// <summary>The status code, 100 to 599; 0 where there is none.</summary>
    public int Status { get; init; }

    /// <summary>Request body bytes as transferred; -1 where unknown (then left out).</summary>
    public long BytesIn { get; init; } = -1;

    /// <summary>Response body bytes as transferred; -1 where unknown (then left out).</summary>
    public long BytesOut { get; init; } = -1;

    /// <summary>The User-Agent of the request; null where there was none.</summary>
    public string? UserAgent { get; init; }

    /// <summary>
    /// More members for <c>data</c> of the first face (of a lone response: of that one): UTF-8 JSON members without the braces, such as
    /// <c>"protocol":"HTTP/2","route":"users"</c>; or null. May be shared between records, so it is never written to.
    /// </summary>
    public byte[]? RequestData { get; init; }

    /// <summary>More members for <c>data</c> of the response face of an exchange, in the form of <see cref="RequestData"/>; or null.</summary>
    public byte[]? ResponseData { get; init; }

    /// <summary>Why the request body is stored as it is.</summary>
    public BodyState RequestBodyState { get; init; }

    /// <summary>Why the response body is stored as it is.</summary>
    public BodyState ResponseBodyState { get; init; }

    /// <summary>The request body. Let go once stored: the ring holds entries without bodies.</summary>
    public CapturedBody? RequestBody { get; private set; }

    /// <summary>The response body. Let go once stored.</summary>
    public CapturedBody? ResponseBody { get; private set; }

    /// <summary>Called once, when the bodies were let go (stored or lost), so that pooled memory can return.</summary>
    public Action<LogRecord>? BodiesReleased { get; init; }

    /// <summary>The id of the first face; 0 until the store has numbered the record. The second face has the next id.</summary>
    public long Id => Volatile.Read(ref _id);

    /// <summary>The id of the last face.</summary>
    public long LastId => Shape == RecordShape.Exchange ? Id + 1 : Id;

    /// <summary>When the store numbered it: microseconds since the Unix epoch; unique and strictly growing (decision U3). 0 until then.</summary>
    public long IngestedAtUs { get; private set; }

    /// <summary>The series that the store put it into; null until it was numbered.</summary>
    public LogSeries? Series { get; private set; }

    /// <summary>What a filter can name about this record.</summary>
    public SeriesKey Key => new(Shape, Level, Source, Method, ProjectId, ContainerId, ServiceName);

    /// <summary>How many entries this record is worth: 2 for an exchange, else 1.</summary>
    public int EntryCount => Shape == RecordShape.Exchange ? 2 : 1;

    /// <summary>Gives the record its bodies, before it is queued.</summary>
    /// <param name="request">The request body, or null.</param>
    /// <param name="response">The response body, or null.</param>
    /// <returns>This record.</returns>
    public LogRecord WithBodies(CapturedBody? request, CapturedBody? response)
    {
        RequestBody = request;
        ResponseBody = response;
        return this;
    }

    /// <summary>Called once by the store, in the order of the ids. A record keeps its number when it is appended again after a failure.</summary>
    /// <param name="id">The id of the first face; greater than that of every record before.</param>
    /// <param name="ingestedAtUs">Microseconds since the Unix epoch; greater than that of every record before.</param>
    /// <param name="series">The series of the record.</param>
    public void Number(long id, long ingestedAtUs, LogSeries series)
    {
        Series = series;
        IngestedAtUs = ingestedAtUs;
        Volatile.Write(ref _id, id);
    }

    /// <summary>Lets the bodies go, once they are stored or lost. Harmless when called again.</summary>
    public void ReleaseBodies()
    {
        if (RequestBody is null && ResponseBody is null) return;
        RequestBody = null;
        ResponseBody = null;
        BodiesReleased?.Invoke(this);
    }

    /// <summary>What the record holds in memory beside its strings' usual size, in bytes: its bodies, urls and data. Bounds the queue.</summary>
    public int ApproximateBytes =>
        256 + (2 * ((Url?.Length ?? 0) + (UserAgent?.Length ?? 0))) + (RequestData?.Length ?? 0) + (ResponseData?.Length ?? 0)
        + (RequestBody?.Content.Length ?? 0) + (ResponseBody?.Content.Length ?? 0);
}
