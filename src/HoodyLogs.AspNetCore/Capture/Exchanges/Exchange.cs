using System.Buffers;
using HoodyLogs.AspNetCore.Capture.Bodies;
using HoodyLogs.AspNetCore.Capture.Policies;
using HoodyLogs.AspNetCore.Capture.Taps;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>
/// One exchange while it lasts. It stands in for the server's response body and lifetime features, passes every call on, and sees on the way
/// what was transferred, who ended it, and which endpoints it came to. One object for all of that, since there is one of it for every request.
/// </summary>
internal sealed partial class Exchange : IHttpResponseBodyFeature, IHttpRequestLifetimeFeature, IHttpResetFeature, IEndpointFeature, ICaptureFeature
{
    private readonly ExchangeRecorder _recorder;
    private readonly IHttpResponseBodyFeature _responseBody;
    private readonly IHttpRequestLifetimeFeature? _lifetime;
    private readonly IHttpResetFeature? _reset;
    private readonly IEndpointFeature? _chosen;
    private readonly bool _isHead;
    private RequestTap? _request;
    private UpgradeTap? _upgrade;
    private Endpoint? _endpoint;
    private ResponseStreamTap? _responseStream;
    private ResponseWriterTap? _responseWriter;
    private BodyCapture _requestTaken;
    private BodyCapture _responseTaken;
    private long _bytesIn;
    private long _bytesOut;
    private bool _readToEnd;
    private bool _wroteLastByte;
    public Exchange(HttpContext context, IEndpointFeature? chosen, ExchangeRecorder recorder, CapturePolicy rules, TimeProvider time)
    {
        (Context, Rules, _recorder) = (context, rules, recorder);
        (_chosen, _endpoint) = (chosen, chosen?.Endpoint);
        Endpoint = EndpointCapturePolicy.Of(_endpoint);
        _isHead = HttpMethods.IsHead(context.Request.Method);
        ArrivedAt = time.GetTimestamp();
        ArrivedMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        GivenTraceId = TraceContext.Of(context);
        if (GivenTraceId is null) TraceUuid = TraceContext.NewUuid();
        _arrival = new RequestStart(context);
        if (!rules.Urls.Paths.IsEmpty) PathBase = context.Request.PathBase.Value;

        var features = context.Features;
        _responseBody = features.GetRequiredFeature<IHttpResponseBodyFeature>();
        _lifetime = features.Get<IHttpRequestLifetimeFeature>();
        _reset = features.Get<IHttpResetFeature>();
        SeesTransfer = _responseBody is IHttpResponseFeature;
    }

    public HttpContext Context { get; }

    /// <summary>The rules in force on arrival; they hold to the end.</summary>
    public CapturePolicy Rules { get; }

    /// <summary>The path base at arrival, where paths are redacted by pattern. At the end it is gone.</summary>
    public string? PathBase { get; }

    /// <summary>The endpoint that it is about, with what others that it came to say against capture.</summary>
    public EndpointCapturePolicy Endpoint { get; private set; }

    /// <summary>Whether its endpoint was taken away, as error pages do to send an exchange through the pipeline once more.</summary>
    public bool IsSentAgain { get; private set; }

    /// <summary>What a body that begins now may use.</summary>
    public BodyBudget BodyBudget => new(_recorder.BodyMemory, ExchangeRecorder.BodyShareOf(this), Rules.Bodies.MaxMemory);

    /// <summary>A timestamp of the recorder's clock.</summary>
    public long ArrivedAt { get; }

    public long ArrivedMs { get; }

    /// <summary>The time from arrival to the end of the response; known once the response has ended.</summary>
    public TimeSpan Duration { get; set; }

    public string TraceId => GivenTraceId ?? TraceUuid.ToString();

    /// <summary>The trace id of the request's activity or of its <c>traceparent</c>, else null.</summary>
    public string? GivenTraceId { get; }

    /// <summary>The trace id where the request has none.</summary>
    public Guid TraceUuid { get; }

    /// <summary>How it ended by the rules of gRPC; known once its response has ended.</summary>
    public GrpcOutcome Grpc { get; set; }

    /// <summary>Whether the request entry is written already.</summary>
    public bool ArrivalRecorded { get; set; }

    /// <summary>Bytes of the request body, or of the connection that was taken over.</summary>
    public long BytesIn => Upgraded?.BytesIn ?? _bytesIn;

    /// <summary>Bytes of the response body, or of the connection that was taken over; -1 once they cannot be known any more.</summary>
    public long BytesOut => Upgraded?.BytesOut ?? (ResponseHasBody ? _bytesOut : 0);

    /// <summary>What passed over the connection where it was taken over.</summary>
    public UpgradedStreamTap? Upgraded => _upgrade?.Stream;

    public bool IsWebSocket => _upgrade is { IsWebSocket: true, Stream: not null };

    /// <summary>What left the pipeline instead of a response.</summary>
    public Exception? Exception { get; set; }

    /// <summary>The same, or what an error page has answered.</summary>
    public Exception? Failure => Exception
        ?? (IsSentAgain || Context.Response.StatusCode >= StatusCodes.Status400BadRequest ? Context.Features.Get<IExceptionHandlerFeature>()?.Error : null);

    /// <summary>Whether the client was gone before the response was complete.</summary>
    public bool ClientLeft { get; private set; }

    /// <summary>Whether the server side cut the exchange while the client was still there.</summary>
    public bool ServerCut { get; private set; }

    /// <summary>Whether the response had begun when the pipeline was left.</summary>
    public bool ResponseBegun { get; private set; }

    /// <summary>Whether nothing stands between this and the server, whose features are one object, so that what is seen here is what is transferred.</summary>
    public bool SeesTransfer { get; }

    public bool MayHaveRequestBody => _request is not null;

    /// <summary>Whether the request body had passed to its end.</summary>
    public bool RequestIsWhole => _request is null || _readToEnd || Context.Request.ContentLength == _bytesIn;

    /// <summary>Whether a response to this request, with this status, has a body at all.</summary>
    public bool ResponseHasBody => !_isHead && Context.Response.StatusCode is >= 200 and not (204 or 205 or 304);

    public void Read(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        _readToEnd |= isEnd;
        if (bytes.IsEmpty || HasEnded) return;
        _bytesIn += bytes.Length;
        LearnOpenScopeLate();
        Take(ref _requestTaken, isRequest: true, bytes);
    }

    public void Read(in ReadOnlySequence<byte> bytes, bool isEnd)
    {
        foreach (var segment in bytes) Read(segment.Span, isEnd);
        _readToEnd |= isEnd;
    }

    public void Wrote(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || HasEnded) return;
        if (_bytesOut >= 0) _bytesOut += bytes.Length;
        LearnOpenScopeLate();
        Take(ref _responseTaken, isRequest: false, bytes);
    }

    /// <summary>
    /// Whether this was the last byte that was promised. Only here is to be seen whether the client still waits for it: later its hanging up
    /// says nothing any more.
    /// </summary>
    public bool IsLastByteWritten => !_wroteLastByte && SeesTransfer && IsPromiseKept();

    /// <summary>
    /// Notes that the request cannot be read on. A server tells whoever reads of the client's leaving first, and everybody else by the request's token a moment
    /// later, in which a proxy has cut the exchange already.
    /// </summary>
    public void NoteReadFailure(Exception failure)
    {
        if (HasEnded) return;
        try
        {
            if (IsOfClientGone(failure)) NoteClient(isGone: true);
        }
#pragma warning disable CA1031 // no exchange fails because of logging
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Failed(exception, "Noting how a body ended");
        }
    }

    /// <summary>Counts a failure of capture. Logs the first failure of each kind.</summary>
    public void Failed(Exception failure, string what) => _recorder.Failed(failure, what);

    /// <summary>Notes that the last byte was taken.</summary>
    public void NoteLastByte()
    {
        NoteClient();
        _wroteLastByte = true;
    }

    /// <summary>Notes how the pipeline ended, before the server ends the response.</summary>
    public void LeavePipeline()
    {
        try
        {
            ResponseBegun = Context.Response.HasStarted;
            if (IsWebSocket) NoteWebSocket(Upgraded!);
            else NoteClient();
        }
        finally
        {
            if (!SeesTransfer) RestoreFeatures();
        }
    }

    public Task CompleteAsync() => _recorder.RecordAsync(this);

    /// <summary>Finishes what was taken down of the bodies.</summary>
    public (BodyState State, ProcessedBody? Body) FinishBody(BodyProcessor finisher, bool isRequest, bool isCut)
    {
        ref var taken = ref isRequest ? ref _requestTaken : ref _responseTaken;
        if (!isRequest && !ResponseHasBody) taken.Discard();

        // Taken down before an endpoint was chosen that does not want it, or that is the library's own.
        if ((isRequest ? Endpoint.RequestBody : Endpoint.ResponseBody) == false || Endpoint.IsLogsApi) return (BodyState.NotCaptured, null);
        return finisher.Finish(this, isRequest, ref taken, isRequest ? RequestIsWhole : !isCut);
    }

    /// <summary>An error page stands in for the endpoint that failed: that one stays what the exchange is about, and its route values go with it.</summary>
    private void Note(Endpoint? endpoint)
    {
        if (HasEnded) return;
        if (endpoint is null)
        {
            IsSentAgain = true;
            _recorder.LearnScope(this);
            return;
        }

        var traits = EndpointCapturePolicy.Of(endpoint);
        Endpoint = IsSentAgain && Endpoint != EndpointCapturePolicy.None ? Endpoint.And(traits) : traits.And(Endpoint);
    }

    private bool IsPromiseKept(int bytes = 0)
    {
        if (HasEnded) return false;
        try
        {
            return Context.Response.ContentLength is { } promised && _bytesOut + bytes >= promised;
        }
#pragma warning disable CA1031 // no exchange fails because of logging
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Failed(exception, "Looking for the last byte");
            return false;
        }
    }

    private void DiscardBody(ref BodyCapture tap)
    {
        try
        {
            tap.Discard();
        }
#pragma warning disable CA1031 // no exchange fails because of logging
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Failed(exception, "Giving back the memory of a body");
        }

        tap = BodyCapture.Refused;
    }

    private void Decide(ref BodyCapture tap, bool isRequest) => Take(ref tap, isRequest, default);

    private void Take(ref BodyCapture tap, bool isRequest, ReadOnlySpan<byte> bytes)
    {
        try
        {
            tap.Decide(this, isRequest);
            if (!bytes.IsEmpty) tap.Append(bytes, this);
        }
#pragma warning disable CA1031 // whoever reads or writes a body is not harmed by its capture
        catch (Exception exception)
#pragma warning restore CA1031
        {
            DiscardBody(ref tap);
            Failed(exception, "Capturing a body");
        }
    }

    /// <summary>
    /// The server side's own cut looks like the client's leaving afterwards, so whichever is seen first stays. While the host stops, the server
    /// aborts what does not end in time: a cut seen only then counts as the server's.
    /// </summary>
    private void NoteClient(bool isGone = false)
    {
        if (ServerCut || ClientLeft || _wroteLastByte || HasEnded) return;
        try
        {
            if (!isGone && Upgraded is not { ClientVanished: true } && !IsTokenOfClientCancelled()) return;
        }
#pragma warning disable CA1031 // no exchange fails because of logging
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Failed(exception, "Looking whether the client is there");
            return;
        }

        ServerCut = _recorder.HostIsStopping;
        ClientLeft = !ServerCut;
    }

    private bool IsTokenOfClientCancelled()
    {
        var token = _serversToken ?? _lifetime?.RequestAborted ?? CancellationToken.None;
        if (!token.IsCancellationRequested) return false;
        return _serversToken is not null || Context.Features.Get<IHttpRequestTimeoutFeature>() is not { RequestTimeoutToken.IsCancellationRequested: true };
    }

    private bool IsOfClientGone(Exception failure) => failure switch
    {
        // A body that ends early; of a chunked one only the text tells that from a bad chunk, whose client still waits for an answer.
        BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } refused =>
            Context.Request.ContentLength is not null || refused.Message.StartsWith("Unexpected end of request content", StringComparison.Ordinal),
        BadHttpRequestException => false,
        IOException or ConnectionAbortedException => true,
        _ => false,
    };

    /// <summary>A WebSocket that one side has closed is complete, however its connection ends then; any other end is somebody's cut.</summary>
    private void NoteWebSocket(UpgradedStreamTap stream)
    {
        NoteClient();
        (ClientLeft, ServerCut) = stream.IsClosed ? (false, false) : (ClientLeft, !ClientLeft);
    }
}
