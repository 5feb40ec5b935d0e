using HoodyLogs.Entries;

namespace HoodyLogs;

/// <summary>
/// What is captured, queued, stored and counted: one exchange or one event. The API shows it as one or two entries
/// (<see cref="RecordShape"/>). Everything in it is already redacted. Give one to a sink once and do not touch it afterwards.
/// </summary>
public sealed class LogRecord
{
    internal const long MaxTimestampMs = 253_370_764_799_999; // the last millisecond of the year 9998, so that adding a duration stays in range

    internal const long MaxDurationUs = 365L * 24 * 3600 * 1_000_000; // so that the last millisecond of 9998 and this are still in the year 9999

    private readonly bool _hasShape;
    private readonly ReservedNames _requestNames;
    private readonly ReservedNames _responseNames;
    private string? _method;
    private int _status;
    private byte[]? _requestData;
    private byte[]? _responseData;
    private long _id;

    /// <summary>Which entries this record shows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such shape.</exception>
    public required RecordShape Shape
    {
        get;
        init
        {
            field = RecordValidation.Known(value <= RecordShape.Event, value, nameof(Shape));
            _hasShape = true;
            if (_requestNames != ReservedNames.None) CheckRequestNames();
            if (_responseNames != ReservedNames.None) CheckResponseNames();
        }
    }

    /// <summary>Decision E5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such level.</exception>
    public EntryLevel Level
    {
        get;
        init => field = RecordValidation.Known(value <= EntryLevel.Error, value, nameof(Level));
    } = EntryLevel.Info;

    /// <summary>Which side captured it. Default: <see cref="EntrySource.Backend"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such source.</exception>
    public EntrySource Source
    {
        get;
        init => field = RecordValidation.Known(value <= EntrySource.Edge, value, nameof(Source));
    }

    /// <summary>The tenant, at most 128 characters; null where unknown. A longer one is stored as unknown, and counted.</summary>
    /// <exception cref="ArgumentException">It has a control character or half of a surrogate pair.</exception>
    public string? ProjectId
    {
        get;
        init => field = RecordValidation.Id(value, nameof(ProjectId));
    }

    /// <summary>The container, at most 128 characters; null where unknown. A longer one is stored as unknown, and counted. A UUID is put in lower case.</summary>
    /// <exception cref="ArgumentException">It has a control character or half of a surrogate pair.</exception>
    public string? ContainerId
    {
        get;
        init => field = value is null ? null : ContainerIds.Canonical(RecordValidation.Id(value, nameof(ContainerId))!);
    }

    /// <summary>The service, at most 128 characters; null where unknown. A longer one is stored as unknown, and counted.</summary>
    /// <exception cref="ArgumentException">It has a control character or half of a surrogate pair.</exception>
    public string? ServiceName
    {
        get;
        init => field = RecordValidation.Id(value, nameof(ServiceName));
    }

    /// <summary>
    /// Whether the scope comes from something that the client chose and nobody verified, such as a host name. All such scopes together get at most half
    /// of <c>MaxSeries</c>, so that they cannot use up the room of others; beyond it records of new ones are stored as unknown, and counted. Default false.
    /// </summary>
    public bool IsScopeUnverified { get; init; }

    /// <summary>The HTTP method, upper-case and well known; any other belongs into <see cref="RequestData"/>.</summary>
    /// <exception cref="ArgumentException">It cannot be an HTTP method, or is longer than 64 characters.</exception>
    public string? Method
    {
        get => _method;
        init => _method = RecordValidation.Method(value, nameof(Method));
    }

    /// <summary>A method that capture has found to be well known.</summary>
    internal string? KnownMethod
    {
        init => _method = value;
    }

    /// <summary>The W3C trace id (32 lower-case hex digits) or a UUID; null for an event outside of any exchange. Ids of other forms are kept, up to 128 characters.</summary>
    /// <exception cref="ArgumentException">It is longer, or has a control character or half of a surrogate pair.</exception>
    public string? TraceId
    {
        get => field ?? (TraceUuid == default ? null : TraceUuid.ToString());
        init => field = RecordValidation.TraceId(value, nameof(TraceId));
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

    /// <summary>The request target as received: path and query, redacted. At most 65 536 characters.</summary>
    /// <exception cref="ArgumentException">It is longer.</exception>
    public string? Url
    {
        get;
        init => field = RecordValidation.Text(value, nameof(Url));
    }

    /// <summary>The client's address, without a port. At most 65 536 characters.</summary>
    /// <exception cref="ArgumentException">It is longer.</exception>
    public string? ClientIp
    {
        get;
        init => field = RecordValidation.Text(value, nameof(ClientIp));
    }

    /// <summary>The status code, 100 to 599; 0 where there is none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is another number.</exception>
    public int Status
    {
        get => _status;
        init => _status = RecordValidation.Status(value, nameof(Status));
    }

    /// <summary>A status as a server has sent it, which may be any number of three digits.</summary>
    internal int SentStatus
    {
        init => _status = value is >= RecordValidation.MinStatus and <= 999 ? value : 0;
    }

    /// <summary>Request body bytes as transferred; -1 where unknown (then left out).</summary>
    public long BytesIn
    {
        get;
        init => field = Math.Max(-1, value);
    } = -1;

    /// <summary>Response body bytes as transferred; -1 where unknown (then left out).</summary>
    public long BytesOut
    {
        get;
        init => field = Math.Max(-1, value);
    } = -1;

    /// <summary>The User-Agent of the request; null where there was none. At most 65 536 characters.</summary>
    /// <exception cref="ArgumentException">It is longer.</exception>
    public string? UserAgent
    {
        get;
        init => field = RecordValidation.Text(value, nameof(UserAgent));
    }

    /// <summary>
    /// More members for <c>data</c> of the first face (of a lone response: of that one): UTF-8 JSON members without the braces, such as
    /// <c>"protocol":"HTTP/2","route":"users"</c>; or null. May be shared between records, so it is never written to. At most 262 144 bytes on one line, 32 levels
    /// deep, each name once, and none that the library writes itself: <c>bytesIn</c> and <c>userAgent</c> of a request, <c>bytesOut</c> and <c>durationMs</c> of a
    /// response, <c>requestBodyState</c> and <c>responseBodyState</c>.
    /// </summary>
    /// <exception cref="ArgumentException">It is anything else.</exception>
    public byte[]? RequestData
    {
        get => _requestData;
        init
        {
            _requestNames = RecordValidation.Data(value, nameof(RequestData));
            if (_hasShape) CheckRequestNames();
            _requestData = value;
        }
    }

    /// <summary>
    /// More members for <c>data</c> of the response face of an exchange, in the form of <see cref="RequestData"/>; or null. An event has no response face:
    /// here it holds what readers with <see cref="LogScope.All"/> see in place of <see cref="RequestData"/>.
    /// </summary>
    /// <exception cref="ArgumentException">It is anything else.</exception>
    public byte[]? ResponseData
    {
        get => _responseData;
        init
        {
            _responseNames = RecordValidation.Data(value, nameof(ResponseData));
            if (_hasShape) CheckResponseNames();
            _responseData = value;
        }
    }

    /// <summary><see cref="RequestData"/> that this library has written, without the cost of checking it.</summary>
    internal byte[]? OwnRequestData
    {
        init => _requestData = value;
    }

    /// <summary><see cref="ResponseData"/> that this library has written, without the cost of checking it.</summary>
    internal byte[]? OwnResponseData
    {
        init => _responseData = value;
    }

    /// <summary>Whether admins see other data of this record than everybody else in its scope.</summary>
    internal bool HasAdminData => Shape == RecordShape.Event && ResponseData is { Length: > 0 };

    /// <summary>Why the request body is stored as it is.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such state.</exception>
    public BodyState RequestBodyState
    {
        get;
        init => field = RecordValidation.Known(value <= BodyState.Lost, value, nameof(RequestBodyState));
    }

    /// <summary>Why the response body is stored as it is.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such state.</exception>
    public BodyState ResponseBodyState
    {
        get;
        init => field = RecordValidation.Known(value <= BodyState.Lost, value, nameof(ResponseBodyState));
    }

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
    /// <param name="request">The request body, or null. At most 16 MiB.</param>
    /// <param name="response">The response body, or null. At most 16 MiB.</param>
    /// <returns>This record.</returns>
    /// <exception cref="ArgumentException">A body is longer, or is called text and is no valid UTF-8.</exception>
    public LogRecord WithBodies(CapturedBody? request, CapturedBody? response) =>
        WithOwnBodies(RecordValidation.Body(request, nameof(request)), RecordValidation.Body(response, nameof(response)));

    /// <summary>The same for bodies that capture has read itself.</summary>
    internal LogRecord WithOwnBodies(CapturedBody? request, CapturedBody? response)
    {
        RequestBody = request;
        ResponseBody = response;
        return this;
    }

    /// <summary>Called once by the store, in the order of the ids. A record keeps its number when it is appended again after a failure.</summary>
    /// <param name="id">The id of the first face; greater than that of every record before.</param>
    /// <param name="ingestedAtUs">Microseconds since the Unix epoch; greater than that of every record before.</param>
    /// <param name="series">The series of the record.</param>
    public void AssignIds(long id, long ingestedAtUs, LogSeries series)
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

    private void CheckRequestNames() => RecordValidation.Reserved(
        _requestNames,
        Shape switch
        {
            RecordShape.Response => ReservedNames.OfResponse,
            RecordShape.Event => ReservedNames.States,
            _ => ReservedNames.OfRequest,
        },
        nameof(RequestData));

    private void CheckResponseNames() => RecordValidation.Reserved(_responseNames, ReservedNames.OfResponse, nameof(ResponseData));

    /// <summary>What the record holds in memory beside its strings' usual size, in bytes: its bodies, urls and data. Bounds the queue.</summary>
    public int ApproximateBytes =>
        256 + (2 * ((Url?.Length ?? 0) + (UserAgent?.Length ?? 0))) + (RequestData?.Length ?? 0) + (ResponseData?.Length ?? 0)
        + (RequestBody?.Content.Length ?? 0) + (ResponseBody?.Content.Length ?? 0);
}
