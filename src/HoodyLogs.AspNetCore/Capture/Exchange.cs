using System.Buffers;
using System.IO.Pipelines;
using HoodyLogs.AspNetCore.Capture.Bodies;
using HoodyLogs.Entries;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>
/// One exchange while it lasts. It stands in for the server's response body and lifetime features, passes every call on, and sees on the way
/// what was transferred, who ended it, and which endpoints it came to. One object for all of that, since there is one of it for every request.
/// </summary>
internal sealed class Exchange : IHttpResponseBodyFeature, IHttpRequestLifetimeFeature, IHttpResetFeature, IEndpointFeature, ICaptureMark
{
    private readonly ExchangeRecorder _recorder;
    private readonly IHttpResponseBodyFeature _responseBody;
    private readonly IHttpRequestLifetimeFeature? _lifetime;
    private readonly IHttpResetFeature? _reset;
    private readonly IEndpointFeature? _chosen;
    private readonly RequestTap? _request;
    private readonly UpgradeTap? _upgrade;
    private readonly bool _isHead;
    private Endpoint? _endpoint;
    private ResponseStreamTap? _responseStream;
    private ResponseWriterTap? _responseWriter;
    private BodyTap _requestTaken;
    private BodyTap _responseTaken;
    private long _bytesIn;
    private long _bytesOut;
    private bool _readToEnd;
    private bool _wroteLastByte;

    public Exchange(HttpContext context, IEndpointFeature? chosen, ExchangeRecorder recorder, CaptureRules rules, TimeProvider time)
    {
        (Context, Rules, _recorder) = (context, rules, recorder);
        (_chosen, _endpoint) = (chosen, chosen?.Endpoint);
        Endpoint = EndpointTraits.Of(_endpoint);
        _isHead = HttpMethods.IsHead(context.Request.Method);
        ArrivedAt = time.GetTimestamp();
        ArrivedMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        GivenTraceId = TraceIds.Of(context.Request.Headers);
        if (GivenTraceId is null) TraceUuid = TraceIds.NewUuid();

        var features = context.Features;
        _responseBody = features.GetRequiredFeature<IHttpResponseBodyFeature>();
        _lifetime = features.Get<IHttpRequestLifetimeFeature>();
        _reset = features.Get<IHttpResetFeature>();
        if (features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false }) _request = RequestTap.Install(this);
        _upgrade = UpgradeTap.Install(context);
        SeesTransfer = _responseBody is IHttpResponseFeature;
        features.Set<IHttpResponseBodyFeature>(this);
        if (_lifetime is not null) features.Set<IHttpRequestLifetimeFeature>(this);
        if (_reset is not null) features.Set<IHttpResetFeature>(this);
        features.Set<IEndpointFeature>(this);
        features.Set<ICaptureMark>(this);
    }

    public HttpContext Context { get; }

    /// <summary>The rules in force on arrival; they hold to the end.</summary>
    public CaptureRules Rules { get; }

    /// <summary>The endpoint that it is about, with what others that it came to say against capture.</summary>
    public EndpointTraits Endpoint { get; private set; }

    /// <summary>Whether its endpoint was taken away, as error pages do to send an exchange through the pipeline once more.</summary>
    public bool IsSentAgain { get; private set; }

    public BodyMemory BodyMemory => _recorder.BodyMemory;

    /// <summary>A timestamp of the recorder's clock.</summary>
    public long ArrivedAt { get; }

    public long ArrivedMs { get; }

    public string TraceId => GivenTraceId ?? TraceUuid.ToString();

    /// <summary>The trace id where the request has one, else null.</summary>
    public string? GivenTraceId { get; }

    /// <summary>The trace id where the request has none.</summary>
    public Guid TraceUuid { get; }

    /// <summary>Whose it is, once that was asked.</summary>
    public ExchangeScope? Scope { get; set; }

    /// <summary>Whether the request entry is written already.</summary>
    public bool ArrivalRecorded { get; set; }

    /// <summary>Whether it has been recorded or left out; its context may serve another request already.</summary>
    public bool HasEnded { get; private set; }

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
    public Exception? Failure => Exception ?? (IsSentAgain ? Context.Features.Get<IExceptionHandlerFeature>()?.Error : null);

    /// <summary>Whether the client was gone before the response was complete.</summary>
    public bool ClientLeft { get; private set; }

    /// <summary>Whether the server side cut the exchange while the client was still there.</summary>
    public bool ServerCut { get; private set; }

    /// <summary>Whether the response had begun when the pipeline was left.</summary>
    public bool ResponseBegun { get; private set; }

    /// <summary>Whether nothing stands between this and the server, whose features are one object, so that what is seen here is what is transferred.</summary>
    public bool SeesTransfer { get; }

    /// <summary>Whether the request body had passed to its end.</summary>
    public bool RequestIsWhole => _request is null || _readToEnd || Context.Request.ContentLength == _bytesIn;

    /// <summary>Whether a response to this request, with this status, has a body at all.</summary>
    public bool ResponseHasBody => !_isHead && Context.Response.StatusCode is >= 200 and not (204 or 205 or 304);

    Stream IHttpResponseBodyFeature.Stream => _responseStream ??= new ResponseStreamTap(this, _responseBody.Stream);

    PipeWriter IHttpResponseBodyFeature.Writer => _responseWriter ??= new ResponseWriterTap(this, _responseBody.Writer);

    Endpoint? IEndpointFeature.Endpoint
    {
        get => _endpoint;
        set
        {
            _endpoint = value;
            if (_chosen is not null) _chosen.Endpoint = value;
            Note(value);
        }
    }

    CancellationToken IHttpRequestLifetimeFeature.RequestAborted
    {
        get => _lifetime!.RequestAborted;
        set => _lifetime!.RequestAborted = value;
    }

    public void Read(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        _readToEnd |= isEnd;
        if (bytes.IsEmpty) return;
        _bytesIn += bytes.Length;
        Decide(ref _requestTaken, isRequest: true);
        _requestTaken.Append(bytes, this);
    }

    public void Read(in ReadOnlySequence<byte> bytes, bool isEnd)
    {
        foreach (var segment in bytes) Read(segment.Span, isEnd);
        _readToEnd |= isEnd;
    }

    public void Wrote(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        if (_bytesOut >= 0) _bytesOut += bytes.Length;
        Decide(ref _responseTaken, isRequest: false);
        _responseTaken.Append(bytes, this);
    }

    /// <summary>
    /// Whether this was the last byte that was promised. Only here is to be seen whether the client still waits for it: later its hanging up
    /// says nothing any more.
    /// </summary>
    public bool IsLastByteWritten => !_wroteLastByte && SeesTransfer && Context.Response.ContentLength is { } promised && _bytesOut >= promised;

    /// <summary>Notes that the last byte was taken.</summary>
    public void NoteLastByte()
    {
        NoteClient();
        _wroteLastByte = true;
    }

    /// <summary>Notes how the pipeline ended, before the server ends the response.</summary>
    public void LeavePipeline()
    {
        ResponseBegun = Context.Response.HasStarted;
        if (IsWebSocket) NoteWebSocket(Upgraded!);
        else NoteClient();
        if (!SeesTransfer) RestoreFeatures();
    }

    public Task CompleteAsync() => _recorder.RecordAsync(this);

    /// <summary>Finishes what was taken down of the bodies.</summary>
    public (BodyState State, FinishedBody? Body) FinishBody(BodyFinisher finisher, bool isRequest, bool isCut)
    {
        ref var taken = ref isRequest ? ref _requestTaken : ref _responseTaken;
        if (!isRequest && !ResponseHasBody) taken.Detach()?.Dispose();

        // Taken down before an endpoint was chosen that does not want it.
        if ((isRequest ? Endpoint.RequestBody : Endpoint.ResponseBody) == false) return (BodyState.NotCaptured, null);
        return finisher.Finish(this, isRequest, ref taken, isRequest ? RequestIsWhole : !isCut);
    }

    /// <summary>Lets go what was taken down of bodies and nobody has taken over.</summary>
    public void End()
    {
        HasEnded = true;
        _requestTaken.Detach()?.Dispose();
        _responseTaken.Detach()?.Dispose();
    }

    Task IHttpResponseBodyFeature.SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken)
    {
        Decide(ref _responseTaken, isRequest: false);
        return _responseTaken.State == BodyState.Full
            ? SendFileFallback.SendFileAsync(((IHttpResponseBodyFeature)this).Stream, path, offset, count, cancellationToken)
            : CountFileAsync(_responseBody.SendFileAsync(path, offset, count, cancellationToken), path, offset, count);
    }

    void IHttpResponseBodyFeature.DisableBuffering() => _responseBody.DisableBuffering();

    Task IHttpResponseBodyFeature.StartAsync(CancellationToken cancellationToken) => _responseBody.StartAsync(cancellationToken);

    Task IHttpResponseBodyFeature.CompleteAsync() => _responseBody.CompleteAsync();

    void IHttpRequestLifetimeFeature.Abort()
    {
        NoteClient();
        ServerCut |= !ClientLeft;
        _lifetime!.Abort();
    }

    void IHttpResetFeature.Reset(int errorCode)
    {
        const int Http2NoError = 0;
        const int Http3NoError = 0x100;
        NoteClient();
        ServerCut |= !ClientLeft && errorCode is not (Http2NoError or Http3NoError);
        _reset!.Reset(errorCode);
    }

    /// <summary>An error page stands in for the endpoint that failed: that one stays what the exchange is about, and its route values go with it.</summary>
    private void Note(Endpoint? endpoint)
    {
        if (endpoint is null)
        {
            IsSentAgain = true;
            _recorder.LearnScope(this);
            return;
        }

        var traits = EndpointTraits.Of(endpoint);
        Endpoint = IsSentAgain && Endpoint != EndpointTraits.None ? Endpoint.And(traits) : traits.And(Endpoint);
    }

    private void Decide(ref BodyTap tap, bool isRequest)
    {
        if (tap.IsDecided) return;
        try
        {
            tap.Decide(this, isRequest);
        }
#pragma warning disable CA1031 // whoever reads or writes a body is not harmed by its capture
        catch (Exception exception)
#pragma warning restore CA1031
        {
            tap = BodyTap.Refused;
            _recorder.Failed(exception, "Deciding about a body");
        }
    }

    /// <summary>
    /// The server side's own cut looks like the client's leaving afterwards, so whichever is seen first stays. While the host stops, the server
    /// aborts what does not end in time: a cut seen only then counts as the server's.
    /// </summary>
    private void NoteClient()
    {
        if (ServerCut || ClientLeft || _wroteLastByte) return;
        if (Upgraded is not { ClientVanished: true } && _lifetime is not { RequestAborted.IsCancellationRequested: true }) return;
        ServerCut = _recorder.HostIsStopping;
        ClientLeft = !ServerCut;
    }

    /// <summary>A WebSocket that one side has closed is complete, however its connection ends then; any other end is somebody's cut.</summary>
    private void NoteWebSocket(UpgradedStreamTap stream)
    {
        NoteClient();
        (ClientLeft, ServerCut) = stream.IsClosed ? (false, false) : (ClientLeft, !ClientLeft);
    }

    /// <summary>
    /// The server's own features may stay replaced until it takes them back, so that error pages of outer middleware are counted too. Those
    /// of outer middleware are given back, for it may compare them.
    /// </summary>
    private void RestoreFeatures()
    {
        var features = Context.Features;
        if (ReferenceEquals(features.Get<IHttpResponseBodyFeature>(), this)) features.Set(_responseBody);
        if (ReferenceEquals(features.Get<IHttpRequestLifetimeFeature>(), this)) features.Set(_lifetime);
        if (ReferenceEquals(features.Get<IHttpResetFeature>(), this)) features.Set(_reset);
        _request?.Remove(Context);
        _upgrade?.Remove(Context);
    }

    private async Task CountFileAsync(Task sending, string path, long offset, long? count)
    {
        try
        {
            await sending.ConfigureAwait(false);
            if (_bytesOut >= 0) _bytesOut += count ?? (new FileInfo(path).Length - offset);
        }
        catch
        {
            _bytesOut = -1; // how far it came, only the server knows
            throw;
        }
    }
}
