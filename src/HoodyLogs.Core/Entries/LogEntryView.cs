namespace HoodyLogs;

/// <summary>
/// One entry during a read. It refers to the UTF-8 of the stored row and is valid only during the call that passes it. Convert it to JSON with
/// <see cref="LogEntryJson"/> or to an object with <see cref="LogEntry.From"/>. Empty spans and negative numbers mean that there is no value.
/// </summary>
public readonly ref struct LogEntryView
{
    // The size of the names, numbers and times in JSON.
    private const int FixedBytes = 256;

    /// <summary>The id of this entry.</summary>
    public required long Id { get; init; }

    /// <summary>Which entry of the record this is.</summary>
    public required RecordParts Part { get; init; }

    /// <summary>The series: kind, level, source, method, project, container and service.</summary>
    public required LogSeries Series { get; init; }

    /// <summary>The kind of the entry.</summary>
    public EntryKind Kind => Series.KindOf(Part);

    /// <summary>When the request arrived or the event happened, in milliseconds since the Unix epoch.</summary>
    public required long TimestampMs { get; init; }

    /// <summary>The duration from arrival to completion, in microseconds.</summary>
    public long DurationUs { get; init; }

    /// <summary>When the store accepted the record, in microseconds since the Unix epoch.</summary>
    public long IngestedAtUs { get; init; }

    /// <summary>The time of the entry (<c>tsMs</c>). For a response this is the arrival plus the duration.</summary>
    public long EntryTimeMs => Kind == EntryKind.Response ? TimestampMs + (DurationUs / 1000) : TimestampMs;

    /// <summary>The trace id as text.</summary>
    public ReadOnlySpan<byte> TraceId { get; init; }

    /// <summary>The path and query.</summary>
    public ReadOnlySpan<byte> Url { get; init; }

    /// <summary>The client's address.</summary>
    public ReadOnlySpan<byte> ClientIp { get; init; }

    /// <summary>The User-Agent.</summary>
    public ReadOnlySpan<byte> UserAgent { get; init; }

    /// <summary>The HTTP status, or 0.</summary>
    public int Status { get; init; }

    /// <summary>The bytes of the request body, or -1 if unknown.</summary>
    public long BytesIn { get; init; }

    /// <summary>The bytes of the response body, or -1 if unknown.</summary>
    public long BytesOut { get; init; }

    /// <summary>More JSON members of <c>data</c>, without braces.</summary>
    public ReadOnlySpan<byte> Data { get; init; }

    /// <summary>A method that is not well known, JSON-escaped. Capture stores it in <see cref="Data"/> after the protocol. Empty if there is none.</summary>
    internal ReadOnlySpan<byte> UncommonMethod
    {
        get
        {
            var protocol = "\"protocol\":\""u8;
            var member = "\",\"method\":\""u8;
            if (Series.Key.Method is not null || !Data.StartsWith(protocol)) return default;
            var rest = Data[protocol.Length..];
            rest = rest[Math.Max(0, rest.IndexOf((byte)'"'))..];
            if (!rest.StartsWith(member)) return default;
            rest = rest[member.Length..];
            var end = rest.IndexOfAny((byte)'"', (byte)'\\');
            return end > 0 && rest[end] == '"' ? rest[..end] : default;
        }
    }

    /// <summary>How much of the request body is stored, and why.</summary>
    public BodyState RequestBodyState { get; init; }

    /// <summary>How much of the response body is stored, and why.</summary>
    public BodyState ResponseBodyState { get; init; }

    /// <summary>Whether the query includes the request body.</summary>
    public bool IncludesRequestBody { get; init; }

    /// <summary>Whether the query includes the response body.</summary>
    public bool IncludesResponseBody { get; init; }

    /// <summary>Whether <see cref="RequestBody"/> holds a stored body. The body may be empty.</summary>
    public bool HasRequestBody { get; init; }

    /// <summary>Whether <see cref="ResponseBody"/> holds a stored body. The body may be empty.</summary>
    public bool HasResponseBody { get; init; }

    /// <summary>The request body if the query includes it and it is stored.</summary>
    public BodyView RequestBody { get; init; }

    /// <summary>The response body if the query includes it and it is stored.</summary>
    public BodyView ResponseBody { get; init; }

    /// <summary>The approximate size of the entry in JSON, in bytes. Escaping can make it larger.</summary>
    internal long ApproximateBytes =>
        FixedBytes + TraceId.Length + Url.Length + ClientIp.Length + UserAgent.Length + Data.Length + SizeOf(RequestBody) + SizeOf(ResponseBody);

    /// <summary>Returns the same entry with the given bodies.</summary>
    /// <param name="includeRequest">Whether the query includes the request body.</param>
    /// <param name="request">The request body, or null if none is stored.</param>
    /// <param name="includeResponse">Whether the query includes the response body.</param>
    /// <param name="response">The response body, or null if none is stored.</param>
    public LogEntryView WithBodies(bool includeRequest, CapturedBody? request, bool includeResponse, CapturedBody? response) => WithBodies(
        includeRequest, request is not null, request is null ? default : new BodyView(request.Content.Span, request.IsText),
        includeResponse, response is not null, response is null ? default : new BodyView(response.Content.Span, response.IsText));

    internal LogEntryView WithBodies(
        bool includeRequest, bool hasRequest, BodyView request, bool includeResponse, bool hasResponse, BodyView response) => new()
        {
            Id = Id,
            Part = Part,
            Series = Series,
            TimestampMs = TimestampMs,
            DurationUs = DurationUs,
            IngestedAtUs = IngestedAtUs,
            TraceId = TraceId,
            Url = Url,
            ClientIp = ClientIp,
            UserAgent = UserAgent,
            Status = Status,
            BytesIn = BytesIn,
            BytesOut = BytesOut,
            Data = Data,
            RequestBodyState = RequestBodyState,
            ResponseBodyState = ResponseBodyState,
            IncludesRequestBody = includeRequest,
            IncludesResponseBody = includeResponse,
            HasRequestBody = hasRequest,
            HasResponseBody = hasResponse,
            RequestBody = request,
            ResponseBody = response,
        };

    private static long SizeOf(in BodyView body) => body.IsText ? body.Content.Length : (body.Content.Length + 2L) / 3 * 4;
}

/// <summary>A stored body during a read.</summary>
/// <param name="content">UTF-8 if <paramref name="isText"/>; otherwise bytes.</param>
/// <param name="isText">Whether the body is shown as text. Otherwise it is shown as base64.</param>
public readonly ref struct BodyView(ReadOnlySpan<byte> content, bool isText)
{
    /// <summary>The body: UTF-8 text, or bytes.</summary>
    public ReadOnlySpan<byte> Content { get; } = content;

    /// <summary>Whether the body is shown as text. Otherwise it is shown as base64.</summary>
    public bool IsText { get; } = isText;
}

/// <summary>Receives one entry during a read.</summary>
/// <param name="entry">The entry. It is valid only during this call.</param>
public delegate void LogEntryVisitor(in LogEntryView entry);
