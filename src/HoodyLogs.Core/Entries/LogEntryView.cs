namespace HoodyLogs;

/// <summary>
/// One entry while it is being read: UTF-8 straight from the store's row, valid only during the call that gave it. It becomes JSON
/// (<see cref="LogEntryJson"/>) or an object (<see cref="LogEntry"/>). Empty spans and negative numbers mean «no value».
/// </summary>
public readonly ref struct LogEntryView
{
    // Names, numbers and times of an entry.
    private const int FixedBytes = 256;

    /// <summary>The id of this entry (of this face).</summary>
    public required long Id { get; init; }

    /// <summary>Which face of the record this is.</summary>
    public required RecordParts Part { get; init; }

    /// <summary>Kind, level, scope, method and source.</summary>
    public required LogSeries Series { get; init; }

    /// <summary>What this entry is.</summary>
    public EntryKind Kind => Series.KindOf(Part);

    /// <summary>When the request arrived or the event happened: Unix milliseconds.</summary>
    public required long TimestampMs { get; init; }

    /// <summary>From arrival to completion, in microseconds.</summary>
    public long DurationUs { get; init; }

    /// <summary>When the store took it in: Unix microseconds.</summary>
    public long IngestedAtUs { get; init; }

    /// <summary>The entry's own time (<c>tsMs</c>): a response's is the arrival plus the duration.</summary>
    public long EntryTimeMs => Kind == EntryKind.Response ? TimestampMs + (DurationUs / 1000) : TimestampMs;

    /// <summary>The trace id as text.</summary>
    public ReadOnlySpan<byte> TraceId { get; init; }

    /// <summary>Path and query.</summary>
    public ReadOnlySpan<byte> Url { get; init; }

    /// <summary>The client's address.</summary>
    public ReadOnlySpan<byte> ClientIp { get; init; }

    /// <summary>The User-Agent.</summary>
    public ReadOnlySpan<byte> UserAgent { get; init; }

    /// <summary>The status; 0 where there is none.</summary>
    public int Status { get; init; }

    /// <summary>Request body bytes; -1 where unknown.</summary>
    public long BytesIn { get; init; }

    /// <summary>Response body bytes; -1 where unknown.</summary>
    public long BytesOut { get; init; }

    /// <summary>More JSON members of this face's <c>data</c>, without braces.</summary>
    public ReadOnlySpan<byte> Data { get; init; }

    /// <summary>A method that is not well known, as capture keeps it in <see cref="Data"/>, behind the protocol; JSON-escaped. Empty where there is none.</summary>
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

    /// <summary>Why the request body is stored as it is.</summary>
    public BodyState RequestBodyState { get; init; }

    /// <summary>Why the response body is stored as it is.</summary>
    public BodyState ResponseBodyState { get; init; }

    /// <summary>Whether the request body was asked for.</summary>
    public bool IncludesRequestBody { get; init; }

    /// <summary>Whether the response body was asked for.</summary>
    public bool IncludesResponseBody { get; init; }

    /// <summary>Whether <see cref="RequestBody"/> holds a stored body (which may be empty).</summary>
    public bool HasRequestBody { get; init; }

    /// <summary>Whether <see cref="ResponseBody"/> holds a stored body (which may be empty).</summary>
    public bool HasResponseBody { get; init; }

    /// <summary>The request body, where asked for and stored.</summary>
    public BodyView RequestBody { get; init; }

    /// <summary>The response body, where asked for and stored.</summary>
    public BodyView ResponseBody { get; init; }

    /// <summary>About how many bytes of JSON it becomes, as long as little of it must be escaped.</summary>
    internal long ApproximateBytes =>
        FixedBytes + TraceId.Length + Url.Length + ClientIp.Length + UserAgent.Length + Data.Length + SizeOf(RequestBody) + SizeOf(ResponseBody);

    /// <summary>The same entry with the bodies that were asked for.</summary>
    /// <param name="requestAsked">Whether the request body was asked for.</param>
    /// <param name="request">The request body; null where none is stored.</param>
    /// <param name="responseAsked">Whether the response body was asked for.</param>
    /// <param name="response">The response body; null where none is stored.</param>
    public LogEntryView WithBodies(bool requestAsked, CapturedBody? request, bool responseAsked, CapturedBody? response) => WithBodies(
        requestAsked, request is not null, request is null ? default : new BodyView(request.Content.Span, request.IsText),
        responseAsked, response is not null, response is null ? default : new BodyView(response.Content.Span, response.IsText));

    internal LogEntryView WithBodies(
        bool requestAsked, bool hasRequest, BodyView request, bool responseAsked, bool hasResponse, BodyView response) => new()
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
            IncludesRequestBody = requestAsked,
            IncludesResponseBody = responseAsked,
            HasRequestBody = hasRequest,
            HasResponseBody = hasResponse,
            RequestBody = request,
            ResponseBody = response,
        };

    private static long SizeOf(in BodyView body) => body.IsText ? body.Content.Length : (body.Content.Length + 2L) / 3 * 4;
}
