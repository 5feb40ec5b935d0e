using System.Net;
using HoodyLogs.AspNetCore.Capture.Bodies;
using HoodyLogs.AspNetCore.Capture.Diagnostics;
using HoodyLogs.AspNetCore.Capture.Policies;
using HoodyLogs.AspNetCore.Capture.Scopes;
using HoodyLogs.AspNetCore.Capture.Taps;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>The state of one exchange while it is open. Each request creates one object, so the parts of the state are structs.</summary>
internal sealed class Exchange : IRequestBodyObserver, IResponseBodyObserver, IBodyOwner
{
    /// <summary>The age from which readers see an open exchange.</summary>
    private static readonly TimeSpan VisibleAge = TimeSpan.FromSeconds(1);

    private readonly ExchangeEnvironment _environment;
    private readonly RequestArrival _arrival;
    private readonly bool _isHead;
    private ContextGuard _guard;
    private OwnerState _owner;
    private DisconnectState _disconnect;
    private BodyCapture _requestCapture;
    private BodyCapture _responseCapture;
    private long _bytesIn;
    private ResponseBytes _bytesOut;
    private long _respondedAt;
    private bool _isReadToEnd;
    private bool _hasEndpoint;

    public Exchange(
        HttpContext context, Endpoint? endpoint, IHttpRequestLifetimeFeature? lifetime, bool isOutermost, CapturePolicy policy, ExchangeEnvironment environment)
    {
        (Context, Policy, _environment, IsOutermost) = (context, policy, environment, isOutermost);
        _hasEndpoint = endpoint is not null;
        Endpoint = EndpointCapturePolicy.Of(endpoint);
        _isHead = HttpMethods.IsHead(context.Request.Method);
        _disconnect = new DisconnectState(lifetime);
        _arrival = new RequestArrival(context, environment.Time, keepsPathBase: !policy.Urls.Paths.IsEmpty);
    }

    public HttpContext Context { get; }

    BodyPolicy IBodyOwner.BodyPolicy => Policy.Bodies;

    public CaptureFailures Failures => _environment.Failures;

    /// <summary>The policy in force on arrival. A reload does not change it.</summary>
    public CapturePolicy Policy { get; }

    /// <summary>The policy of the endpoint, with what other endpoints of the exchange exclude.</summary>
    public EndpointCapturePolicy Endpoint { get; private set; }

    /// <summary>The request as it arrived.</summary>
    public ref readonly RequestArrival Arrival => ref _arrival;

    public string TraceId => _arrival.TraceId ?? _arrival.TraceUuid.ToString();

    /// <summary>The url as the delegate of the host redacted it on arrival; null without such a delegate.</summary>
    public string? RedactedUrl { get; set; }

    /// <summary>Whether middleware has removed the endpoint, as error pages do before they execute the pipeline again.</summary>
    public bool IsReexecuted { get; private set; }

    /// <summary>The result of a gRPC call; known after the response has ended.</summary>
    public GrpcOutcome Grpc { get; set; }

    /// <summary>Whether the request entry has been written on arrival.</summary>
    public bool IsRequestRecorded { get; set; }

    /// <summary>The exception that left the pipeline instead of a response.</summary>
    public Exception? Exception { get; set; }

    /// <summary>The exception that left the pipeline, or that an error page has answered.</summary>
    public Exception? Failure => Exception
        ?? (IsReexecuted || Context.Response.StatusCode >= StatusCodes.Status400BadRequest ? Context.Features.Get<IExceptionHandlerFeature>()?.Error : null);

    /// <summary>Whether this observes what the server transfers: no middleware in front of capture has replaced the response body.</summary>
    public bool IsOutermost { get; }

    /// <summary>Whether the client disconnected before the response was complete.</summary>
    public bool ClientDisconnected => _disconnect.ClientDisconnected;

    /// <summary>Whether the server side aborted the exchange while the client was connected.</summary>
    public bool ServerAborted => _disconnect.ServerAborted;

    /// <summary>Whether the response had started when the pipeline ended.</summary>
    public bool HasResponseStarted { get; private set; }

    /// <summary>When the client may have received the whole response, as a timestamp of the system clock; 0 before that.</summary>
    public long RespondedAt => Volatile.Read(ref _respondedAt);

    /// <summary>Whether the exchange is recorded or discarded. Its context may serve another request.</summary>
    public bool HasEnded => _guard.IsClosed;

    /// <summary>The index among the open exchanges of its stripe; negative if it is not among them.</summary>
    public int OpenSlot { get; set; } = -1;

    /// <summary>The stripe of open exchanges that holds this one.</summary>
    public byte OpenStripe { get; set; }

    /// <summary>Replaces the features that upgrade the connection; null if the request does not ask for an upgrade.</summary>
    public UpgradeTap? Upgrade { get; set; }

    /// <summary>The stream of an upgraded connection.</summary>
    public UpgradedStreamTap? Upgraded => Upgrade?.Stream;

    public bool IsWebSocket => Upgrade is { IsWebSocket: true, Stream: not null };

    /// <summary>The bytes of the request body that were read, or the bytes received on an upgraded connection.</summary>
    public long BytesIn => Upgraded?.BytesIn ?? _bytesIn;

    /// <summary>The bytes of the response body, or the bytes sent on an upgraded connection; -1 if unknown.</summary>
    public long BytesOut => Upgraded?.BytesOut ?? (HasResponseBody ? _bytesOut.Count : 0);

    public bool MayHaveRequestBody { get; set; }

    /// <summary>Whether the response can have a body: the request method and the status decide.</summary>
    public bool HasResponseBody => !_isHead && Context.Response.StatusCode is >= 200 and not (204 or 205 or 304);

    /// <summary>Whether the last byte that the response declares has just been written. A later disconnect does not matter.</summary>
    public bool IsLastByteWritten => !_disconnect.IsLastByteWritten && IsOutermost && IsContentLengthReached();

    private bool IsRequestWhole => !MayHaveRequestBody || _isReadToEnd || Context.Request.ContentLength == _bytesIn;

    /// <summary>The recorded scope; null until it is known. Any thread may read it.</summary>
    public ExchangeScope? Scope => _owner.Scope;

    /// <summary>The scope as far as it is known while the exchange is open. Decides nothing about the record. Any thread may read it.</summary>
    public ResolvedScope? ProvisionalScope
    {
        get => _owner.ProvisionalScope;
        set => _owner.ProvisionalScope = value;
    }

    /// <summary>The client address: the one on arrival, or the one that the application knew when it read the token of the request.</summary>
    public IPAddress? ClientAddress => _owner.ClientAddress ?? _arrival.Address;

    /// <summary>Determines the recorded scope, unless it is known.</summary>
    public void DetermineScope() => _owner.DetermineScope(Context, Policy.Scopes, _environment.Scopes);

    /// <summary>Begins a use of the context by another thread. <see cref="ExitContext"/> must follow.</summary>
    /// <returns>False if the exchange has ended: the context must not be used.</returns>
    public bool TryEnterContext() => _guard.TryEnter();

    /// <summary>Ends a use of the context by another thread.</summary>
    public void ExitContext() => _guard.Exit();

    /// <summary>Returns the recorded scope, or resolves the scope if none is recorded yet.</summary>
    public ExchangeScope ResolveScope() => Scope ?? _environment.Scopes.Resolve(Context, Policy.Scopes);

    /// <summary>Looks up the provisional scope and the client address. A proxy reads the token of the request after it has chosen its route.</summary>
    public void OnTokenRead()
    {
        if (!_hasEndpoint) return;
        if (!HasEnded) _owner.ReadClientAddress(Context, Failures);
        if (Policy.Scopes.Resolve is not null && ProvisionalScope is null && Scope is null) LookUpScope();
    }

    /// <summary>Keeps the endpoint that failed, with its route values, when an error page replaces it.</summary>
    public void OnEndpointSet(Endpoint? endpoint)
    {
        _hasEndpoint = endpoint is not null;
        if (HasEnded) return;
        if (endpoint is null)
        {
            IsReexecuted = true;
            DetermineScope();
            return;
        }

        var policy = EndpointCapturePolicy.Of(endpoint);
        Endpoint = IsReexecuted && Endpoint != EndpointCapturePolicy.None ? Endpoint.MergeExclusions(policy) : policy.MergeExclusions(Endpoint);
    }

    public void OnRead(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        _isReadToEnd |= isEnd;
        if (bytes.IsEmpty || HasEnded) return;
        _bytesIn += bytes.Length;
        OnTransfer();
        _requestCapture.Append(bytes, this, isRequest: true);
    }

    public void OnReadFailed(Exception failure)
    {
        if (!HasEnded) _disconnect.CheckReadFailure(failure, Context, _environment);
    }

    public void OnWriting(int bytes)
    {
        if (IsContentLengthReached(bytes)) OnResponded();
    }

    public void OnWritten(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || HasEnded) return;
        _bytesOut.Add(bytes.Length);
        OnTransfer();
        _responseCapture.Append(bytes, this, isRequest: false);
    }

    /// <summary>Counts a file that the server has sent itself.</summary>
    /// <param name="bytes">The bytes; null if only the server knows them.</param>
    public void OnFileSent(long? bytes) => _bytesOut.AddFile(bytes);

    public void OnLastByteWritten()
    {
        CheckConnection();
        _disconnect.IsLastByteWritten = true;
    }

    /// <summary>Decides whether the response body is captured, unless that is decided.</summary>
    public bool CapturesResponseBody()
    {
        _responseCapture.Append(default, this, isRequest: false);
        return _responseCapture.State == BodyState.Full;
    }

    /// <summary>Finishes the capture of a body.</summary>
    public (BodyState State, ProcessedBody? Body) FinishBody(BodyProcessor processor, bool isRequest, bool isCut)
    {
        ref var capture = ref isRequest ? ref _requestCapture : ref _responseCapture;
        if (!isRequest && !HasResponseBody) capture.Discard();

        // The body may have begun before an endpoint was chosen that excludes it.
        if (Endpoint.CapturesBody(isRequest) == false) return (BodyState.NotCaptured, null);
        capture.Decide(this, isRequest);
        return processor.Finish(this, isRequest, ref capture, isWhole: isRequest ? IsRequestWhole : !isCut);
    }

    /// <summary>Notes that the client may have received the whole response.</summary>
    public void OnResponded() => Volatile.Write(ref _respondedAt, TimeProvider.System.GetTimestamp());

    /// <summary>Keeps the token of the server before the application replaces it.</summary>
    public void OnTokenReplaced() => _disconnect.KeepServerToken(Failures);

    /// <summary>Notes that the application ends the connection or the stream.</summary>
    /// <param name="isError">Whether that is an abort, not a normal end.</param>
    public void OnReset(bool isError)
    {
        CheckConnection();
        if (isError) _disconnect.SetServerAborted();
    }

    /// <summary>Notes how the pipeline ended, before the server ends the response.</summary>
    public void OnPipelineEnded()
    {
        HasResponseStarted = Context.Response.HasStarted;
        CheckConnection();
        if (IsWebSocket) _disconnect.SetWebSocketEnded(Upgraded!.IsClosed);
    }

    /// <summary>Ends the exchange and returns the memory of bodies that were not processed. Does not throw.</summary>
    /// <returns>A task that completes when no thread uses the context. Only then may the server reuse it.</returns>
    public Task End()
    {
        var released = _guard.Close();
        _requestCapture.Close(Failures);
        _responseCapture.Close(Failures);
        return released;
    }

    /// <summary>Looks up the provisional scope while bodies are transferred, if readers can see the exchange.</summary>
    private void OnTransfer()
    {
        if (Policy.Scopes.Resolve is null || ProvisionalScope is not null) return;
        if (_environment.Time.GetElapsedTime(_arrival.Timestamp) > VisibleAge) OnTokenRead();
    }

    private void LookUpScope() => _owner.LookUpScope(ref _guard, Context, Policy.Scopes, _environment.Scopes);

    BodyState IBodyOwner.DecideBody(bool isRequest) => Policy.Bodies.Decide(
        Context, isRequest, Endpoint.CapturesBody(isRequest), Endpoint.EventStreamBodies, isUpgraded: Upgraded is not null);

    /// <summary>
    /// Returns the budget of a body that begins now: the share of its project. The share of its client, if no scopes are configured or if the client has
    /// chosen the scope by a host name.
    /// </summary>
    BodyBudget IBodyOwner.CreateBodyBudget()
    {
        if (Scope is null && ProvisionalScope is null && Policy.Scopes.Resolve is not null) LookUpScope();
        var scope = Scope ?? ProvisionalScope?.Scope ?? default;
        var share = scope.IsUnverified || !Policy.Scopes.IsConfigured ? BodyMemory.ShareOf(Context.Connection.RemoteIpAddress)
            : scope.ProjectId is { } project ? BodyMemory.ShareOf(project)
            : BodyMemory.UnknownScope;
        return new BodyBudget(_environment.BodyMemory, share, Policy.Bodies.MaxMemory);
    }

    private bool IsContentLengthReached(int bytes = 0) => !HasEnded && _bytesOut.IsComplete(bytes, Context, Failures);

    private void CheckConnection()
    {
        if (!HasEnded) _disconnect.Check(Context, Upgraded, _environment);
    }
}
