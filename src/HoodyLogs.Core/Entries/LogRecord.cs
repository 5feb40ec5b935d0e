using HoodyLogs.Entries;

namespace HoodyLogs;

/// <summary>
/// One exchange or one event: the unit that is captured, queued and stored. The API shows it as one or two entries (see <see cref="RecordShape"/>).
/// All content must already be redacted. Pass a record to a sink once, and do not use it afterwards.
/// </summary>
public sealed class LogRecord
{
    internal const long MaxTimestampMs = 253_370_764_799_999; // the last millisecond of the year 9998, so that adding a duration stays in range

    internal const long MaxDurationUs = 365L * 24 * 3600 * 1_000_000; // so that a record that begins in 9998 ends in 9999 at the latest

    private readonly bool _hasShape;
    private readonly ReservedNames _requestNames;
    private readonly ReservedNames _responseNames;
    private string? _method;
    private int _status;
    private byte[]? _requestData;
    private byte[]? _responseData;
    private long _id;

    /// <summary>Which entries the record has.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public required RecordShape Shape
    {
        get;
        init
        {
            field = RecordValidation.Known(value <= RecordShape.Event, value, nameof(Shape));
            _hasShape = true;
            if (_requestNames != ReservedNames.None) RecordValidation.RequestNames(_requestNames, Shape, nameof(RequestData));
            if (_responseNames != ReservedNames.None) RecordValidation.ResponseNames(_responseNames, nameof(ResponseData));
        }
    }

    /// <summary>The severity. Default: <see cref="EntryLevel.Info"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public EntryLevel Level
    {
        get;
        init => field = RecordValidation.Known(value <= EntryLevel.Error, value, nameof(Level));
    } = EntryLevel.Info;

    /// <summary>Where the record was captured. Default: <see cref="EntrySource.Backend"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public EntrySource Source
    {
        get;
        init => field = RecordValidation.Known(value <= EntrySource.Edge, value, nameof(Source));
    }

    /// <summary>The project, at most 128 characters, or null if unknown. A longer id is stored as unknown and counted.</summary>
    /// <exception cref="ArgumentException">The value contains a control character or an unpaired surrogate.</exception>
    public string? ProjectId
    {
        get;
        init => field = RecordValidation.Id(value, nameof(ProjectId));
    }

    /// <summary>The container, at most 128 characters, or null if unknown. A longer id is stored as unknown and counted. UUIDs are converted to lower case.</summary>
    /// <exception cref="ArgumentException">The value contains a control character or an unpaired surrogate.</exception>
    public string? ContainerId
    {
        get;
        init => field = value is null ? null : ContainerIds.Canonical(RecordValidation.Id(value, nameof(ContainerId))!);
    }

    /// <summary>The service, at most 128 characters, or null if unknown. A longer name is stored as unknown and counted.</summary>
    /// <exception cref="ArgumentException">The value contains a control character or an unpaired surrogate.</exception>
    public string? ServiceName
    {
        get;
        init => field = RecordValidation.Id(value, nameof(ServiceName));
    }

    /// <summary>
    /// Whether the scope comes from an unverified value that the client chooses, such as a host name. All unverified scopes together get at most half of
    /// <c>Sqlite:MaxSeries</c>, so that they cannot displace other scopes. Beyond that, records of new scopes are stored as unscoped and counted. Default: false.
    /// </summary>
    public bool IsScopeUnverified { get; init; }

    /// <summary>The HTTP method, in upper case and well known. Store any other method in <see cref="RequestData"/>.</summary>
    /// <exception cref="ArgumentException">The value is not an HTTP method or has more than 64 characters.</exception>
    public string? Method
    {
        get => _method;
        init => _method = RecordValidation.Method(value, nameof(Method));
    }

    /// <summary>A method that capture has already checked.</summary>
    internal string? KnownMethod { init => _method = value; }

    /// <summary>The W3C trace id (32 lower-case hex digits) or a UUID, or null for an event outside of an exchange. Other ids of up to 128 characters are kept.</summary>
    /// <exception cref="ArgumentException">The value is longer, or contains a control character or an unpaired surrogate.</exception>
    public string? TraceId
    {
        get => field ?? (TraceUuid == default ? null : TraceUuid.ToString());
        init => field = RecordValidation.TraceId(value, nameof(TraceId));
    }

    /// <summary>A trace id that is a UUID. It needs less memory than text. All zeros if <see cref="TraceId"/> is set instead.</summary>
    internal Guid TraceUuid { get; init; }

    /// <summary>When the request arrived or the event happened, in milliseconds since the Unix epoch, UTC. Values are limited to the years 1970 to 9998.</summary>
    public required long TimestampMs
    {
        get;
        init => field = Math.Clamp(value, 0, MaxTimestampMs);
    }

    /// <summary>The duration from arrival to completion, in microseconds, limited to 0 to 1 year. A response's time is the arrival plus the duration.</summary>
    public long DurationUs
    {
        get;
        init => field = Math.Clamp(value, 0, MaxDurationUs);
    }

    /// <summary>The redacted path and query as received. At most 65,536 characters.</summary>
    /// <exception cref="ArgumentException">The value is longer.</exception>
    public string? Url
    {
        get;
        init => field = RecordValidation.Text(value, nameof(Url));
    }

    /// <summary>The client's address without a port. At most 65,536 characters.</summary>
    /// <exception cref="ArgumentException">The value is longer.</exception>
    public string? ClientIp
    {
        get;
        init => field = RecordValidation.Text(value, nameof(ClientIp));
    }

    /// <summary>The HTTP status, 100 to 599, or 0 if there is none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside of this range.</exception>
    public int Status
    {
        get => _status;
        init => _status = RecordValidation.Status(value, nameof(Status));
    }

    /// <summary>A status that a server has sent. It can be any three-digit number.</summary>
    internal int SentStatus { init => _status = value is >= RecordValidation.MinStatus and <= 999 ? value : 0; }

    /// <summary>The bytes of the request body as transferred. -1 if unknown; then the entry does not show it.</summary>
    public long BytesIn
    {
        get;
        init => field = Math.Max(-1, value);
    } = -1;

    /// <summary>The bytes of the response body as transferred. -1 if unknown; then the entry does not show it.</summary>
    public long BytesOut
    {
        get;
        init => field = Math.Max(-1, value);
    } = -1;

    /// <summary>The User-Agent of the request, or null. At most 65,536 characters.</summary>
    /// <exception cref="ArgumentException">The value is longer.</exception>
    public string? UserAgent
    {
        get;
        init => field = RecordValidation.Text(value, nameof(UserAgent));
    }

    /// <summary>
    /// More members for <c>data</c> of the first entry: UTF-8 JSON members without braces, such as <c>"protocol":"HTTP/2","route":"users"</c>, or null.
    /// Records may share the array, so nothing writes to it. At most 262,144 bytes on one line, 32 levels deep, each name once. Names that the library
    /// writes are not allowed: <c>bytesIn</c> and <c>userAgent</c> of a request, <c>bytesOut</c> and <c>durationMs</c> of a response,
    /// <c>requestBodyState</c> and <c>responseBodyState</c>.
    /// </summary>
    /// <exception cref="ArgumentException">The value breaks one of these rules.</exception>
    public byte[]? RequestData
    {
        get => _requestData;
        init
        {
            _requestNames = RecordValidation.Data(value, nameof(RequestData));
            if (_hasShape) RecordValidation.RequestNames(_requestNames, Shape, nameof(RequestData));
            _requestData = value;
        }
    }

    /// <summary>
    /// More members for <c>data</c> of the response of an exchange, in the form of <see cref="RequestData"/>, or null. An event has no response: its
    /// <see cref="ResponseData"/> replaces <see cref="RequestData"/> for readers with the scope <see cref="LogScope.All"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The value breaks one of the rules of <see cref="RequestData"/>.</exception>
    public byte[]? ResponseData
    {
        get => _responseData;
        init
        {
            _responseNames = RecordValidation.Data(value, nameof(ResponseData));
            if (_hasShape) RecordValidation.ResponseNames(_responseNames, nameof(ResponseData));
            _responseData = value;
        }
    }

    /// <summary><see cref="RequestData"/> that this library has written. It is not checked.</summary>
    internal byte[]? OwnRequestData { init => _requestData = value; }

    /// <summary><see cref="ResponseData"/> that this library has written. It is not checked.</summary>
    internal byte[]? OwnResponseData { init => _responseData = value; }

    /// <summary>Whether admins see other data of this event than other readers.</summary>
    internal bool HasAdminData => Shape == RecordShape.Event && ResponseData is { Length: > 0 };

    /// <summary>How much of the request body is stored, and why.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public BodyState RequestBodyState
    {
        get;
        init => field = RecordValidation.Known(value <= BodyState.Lost, value, nameof(RequestBodyState));
    }

    /// <summary>How much of the response body is stored, and why.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public BodyState ResponseBodyState
    {
        get;
        init => field = RecordValidation.Known(value <= BodyState.Lost, value, nameof(ResponseBodyState));
    }

    /// <summary>The request body. Null after it is stored: the ring holds entries without bodies.</summary>
    public CapturedBody? RequestBody { get; private set; }

    /// <summary>The response body. Null after it is stored.</summary>
    public CapturedBody? ResponseBody { get; private set; }

    /// <summary>Called once when the bodies are released, that is, stored or dropped. Use it to return pooled memory.</summary>
    public Action<LogRecord>? OnBodiesReleased { get; init; }

    /// <summary>The id of the first entry, or 0 until the store assigns it. A second entry has the next id.</summary>
    public long Id => Volatile.Read(ref _id);

    /// <summary>The id of the last entry.</summary>
    public long LastId => Shape == RecordShape.Exchange ? Id + 1 : Id;

    /// <summary>When the store assigned the id, in microseconds since the Unix epoch. Unique and strictly increasing. 0 until then.</summary>
    public long IngestedAtUs { get; private set; }

    /// <summary>The series of the record, or null until the store assigns it.</summary>
    public LogSeries? Series { get; private set; }

    /// <summary>The fields of the record that a filter can test without reading the record.</summary>
    public SeriesKey Key => new(Shape, Level, Source, Method, ProjectId, ContainerId, ServiceName);

    /// <summary>The number of entries: 2 for an exchange, otherwise 1.</summary>
    public int EntryCount => Shape == RecordShape.Exchange ? 2 : 1;

    /// <summary>Adds bodies to the record. Call it before the record is queued.</summary>
    /// <param name="request">The request body, at most 16 MiB, or null.</param>
    /// <param name="response">The response body, at most 16 MiB, or null.</param>
    /// <returns>This record.</returns>
    /// <exception cref="ArgumentException">A body is longer, or is marked as text and is not valid UTF-8.</exception>
    public LogRecord WithBodies(CapturedBody? request, CapturedBody? response) =>
        WithOwnBodies(RecordValidation.Body(request, nameof(request)), RecordValidation.Body(response, nameof(response)));

    /// <summary>Adds bodies that capture has read. They are not checked.</summary>
    internal LogRecord WithOwnBodies(CapturedBody? request, CapturedBody? response)
    {
        RequestBody = request;
        ResponseBody = response;
        return this;
    }

    /// <summary>Sets the ids. The store calls it once for each record, in id order. A record that is appended again after a failure keeps its ids.</summary>
    /// <param name="id">The id of the first entry. It is greater than all earlier ids.</param>
    /// <param name="ingestedAtUs">Microseconds since the Unix epoch, greater than that of all earlier records.</param>
    /// <param name="series">The series of the record.</param>
    public void AssignIds(long id, long ingestedAtUs, LogSeries series)
    {
        Series = series;
        IngestedAtUs = ingestedAtUs;
        Volatile.Write(ref _id, id);
    }

    /// <summary>Releases the bodies after they are stored or dropped. Can be called more than once.</summary>
    public void ReleaseBodies()
    {
        if (RequestBody is null && ResponseBody is null) return;
        RequestBody = null;
        ResponseBody = null;
        OnBodiesReleased?.Invoke(this);
    }

    /// <summary>The approximate memory of the record in bytes: bodies, URL, data and a fixed amount. It limits the queue.</summary>
    public int ApproximateBytes =>
        256 + (2 * ((Url?.Length ?? 0) + (UserAgent?.Length ?? 0))) + (RequestData?.Length ?? 0) + (ResponseData?.Length ?? 0)
        + (RequestBody?.Content.Length ?? 0) + (ResponseBody?.Content.Length ?? 0);
}
