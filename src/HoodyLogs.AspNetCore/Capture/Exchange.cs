using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>
/// One exchange while it lasts. It stands in for the server's response body and lifetime features, passes every call on, and sees on the way
/// what was transferred and who ended it. One object for all of that, since there is one of it for every request.
/// </summary>
internal sealed class Exchange : IHttpResponseBodyFeature, IHttpRequestLifetimeFeature, IHttpResetFeature
{
    private readonly ExchangeRecorder _recorder;
    private readonly IHttpResponseBodyFeature _responseBody;
    private readonly IHttpRequestLifetimeFeature? _lifetime;
    private readonly IHttpResetFeature? _reset;
    private readonly RequestTap? _request;
    private ResponseStreamTap? _responseStream;
    private ResponseWriterTap? _responseWriter;

    public Exchange(HttpContext context, ExchangeRecorder recorder, CaptureRules rules, TimeProvider time)
    {
        (Context, Rules, _recorder) = (context, rules, recorder);
        ArrivedAt = time.GetTimestamp();
        ArrivedMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        TraceId = TraceIds.Of(context.Request.Headers);

        var features = context.Features;
        _responseBody = features.GetRequiredFeature<IHttpResponseBodyFeature>();
        _lifetime = features.Get<IHttpRequestLifetimeFeature>();
        _reset = features.Get<IHttpResetFeature>();
        if (features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false }) _request = RequestTap.Install(this);
        features.Set<IHttpResponseBodyFeature>(this);
        if (_lifetime is not null) features.Set<IHttpRequestLifetimeFeature>(this);
        if (_reset is not null) features.Set<IHttpResetFeature>(this);
        features.Set(this);
    }

    public HttpContext Context { get; }

    /// <summary>The rules in force on arrival; they hold to the end.</summary>
    public CaptureRules Rules { get; }

    /// <summary>A timestamp of the recorder's clock.</summary>
    public long ArrivedAt { get; }

    public long ArrivedMs { get; }

    public string TraceId { get; }

    /// <summary>Whose it is, where that was asked on arrival already.</summary>
    public ExchangeScope? Scope { get; set; }

    /// <summary>Whether the request entry is written already.</summary>
    public bool ArrivalRecorded { get; set; }

    public long BytesIn { get; private set; }

    /// <summary>Whether the request body was read to its end.</summary>
    public bool ReadToEnd { get; private set; }

    /// <summary>Bytes of the response body; -1 once they cannot be known any more.</summary>
    public long BytesOut { get; private set; }

    /// <summary>What left the pipeline instead of a response.</summary>
    public Exception? Exception { get; set; }

    /// <summary>Whether the client was gone before the response was complete.</summary>
    public bool ClientLeft { get; private set; }

    /// <summary>Whether the server side cut the exchange while the client was still there.</summary>
    public bool ServerCut { get; private set; }

    /// <summary>Whether the response had begun when the pipeline was left.</summary>
    public bool ResponseBegun { get; private set; }

    Stream IHttpResponseBodyFeature.Stream => _responseStream ??= new ResponseStreamTap(this, _responseBody.Stream);

    PipeWriter IHttpResponseBodyFeature.Writer => _responseWriter ??= new ResponseWriterTap(this, _responseBody.Writer);

    CancellationToken IHttpRequestLifetimeFeature.RequestAborted
    {
        get => _lifetime!.RequestAborted;
        set => _lifetime!.RequestAborted = value;
    }

    /// <summary>Notes how the pipeline ended, before the server ends the response.</summary>
    public void LeavePipeline()
    {
        ResponseBegun = Context.Response.HasStarted;
        NoteClient();
        if (!SeesTransfer) RestoreFeatures();
    }

    /// <summary>Whether nothing stands between this and the server, so that what is seen here is what is transferred.</summary>
    public bool SeesTransfer => ReferenceEquals(_responseBody, Context.Features.Get<IHttpResponseFeature>());

    public Task CompleteAsync() => _recorder.RecordAsync(this);

    public void Wrote(ReadOnlySpan<byte> bytes)
    {
        if (BytesOut >= 0) BytesOut += bytes.Length;
    }

    public void Wrote(long bytes)
    {
        if (BytesOut >= 0) BytesOut += bytes;
    }

    public void Read(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        BytesIn += bytes.Length;
        ReadToEnd |= isEnd;
    }

    public void Read(in ReadOnlySequence<byte> bytes, bool isEnd)
    {
        BytesIn += bytes.Length;
        ReadToEnd |= isEnd;
    }

    Task IHttpResponseBodyFeature.SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken)
    {
        var sending = _responseBody.SendFileAsync(path, offset, count, cancellationToken);
        return CountFileAsync(sending, path, offset, count);
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

    /// <summary>The server side's own cut looks like the client's leaving afterwards, so whichever is seen first stays.</summary>
    private void NoteClient() => ClientLeft |= !ServerCut && _lifetime is { RequestAborted.IsCancellationRequested: true };

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
    }

    private async Task CountFileAsync(Task sending, string path, long offset, long? count)
    {
        try
        {
            await sending.ConfigureAwait(false);
            Wrote(count ?? (new FileInfo(path).Length - offset));
        }
        catch
        {
            BytesOut = -1; // how far it came, only the server knows
            throw;
        }
    }
}
