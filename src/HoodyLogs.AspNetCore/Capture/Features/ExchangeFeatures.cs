using System.IO.Pipelines;
using HoodyLogs.AspNetCore.Capture.Exchanges;
using HoodyLogs.AspNetCore.Capture.Taps;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Capture.Features;

/// <summary>
/// Replaces the features of the server while an exchange is open. Passes every call on, and reports to the exchange what is transferred, which side ends
/// the exchange, and which endpoints are chosen.
/// </summary>
internal sealed class ExchangeFeatures : IHttpResponseBodyFeature, IHttpRequestLifetimeFeature, IHttpResetFeature, IEndpointFeature, ICaptureFeature
{
    private const int Http2NoError = 0;
    private const int Http3NoError = 0x100;

    /// <summary>Each one restores one feature, so that a failure does not affect the others.</summary>
    private static readonly Action<ExchangeFeatures, IFeatureCollection>[] Restorations =
    [
        static (ours, features) => { if (ReferenceEquals(features.Get<IHttpResponseBodyFeature>(), ours)) features.Set(ours._server.ResponseBody); },
        static (ours, features) => { if (ReferenceEquals(features.Get<IHttpRequestLifetimeFeature>(), ours)) features.Set(ours._server.Lifetime); },
        static (ours, features) => { if (ReferenceEquals(features.Get<IHttpResetFeature>(), ours)) features.Set(ours._server.Reset); },
        static (ours, _) => ours._request?.RemovePipe(ours.Exchange.Context),
        static (ours, _) => ours._request?.RemoveStream(ours.Exchange.Context),
        static (ours, _) => ours.Exchange.Upgrade?.Remove(ours.Exchange.Context),
    ];

    private readonly ServerFeatures _server;
    private readonly IEndpointFeature? _endpointFeature;
    private Endpoint? _endpoint;
    private RequestTap? _request;
    private ResponseStreamTap? _responseStream;
    private ResponseWriterTap? _responseWriter;
    private bool _isTokenRead;
    private bool _showsCancelledToken;

    public ExchangeFeatures(Exchange exchange, in ServerFeatures server, IEndpointFeature? endpointFeature)
    {
        (Exchange, _server) = (exchange, server);
        (_endpointFeature, _endpoint) = (endpointFeature, endpointFeature?.Endpoint);
    }

    public Exchange Exchange { get; }

    Stream IHttpResponseBodyFeature.Stream => _responseStream ??= new ResponseStreamTap(Exchange, _server.ResponseBody.Stream);

    PipeWriter IHttpResponseBodyFeature.Writer => _responseWriter ??= new ResponseWriterTap(Exchange, _server.ResponseBody.Writer);

    Endpoint? IEndpointFeature.Endpoint
    {
        get => _endpoint;
        set
        {
            _endpoint = value;
            if (_endpointFeature is not null) _endpointFeature.Endpoint = value;
            try
            {
                Exchange.OnEndpointSet(value);
            }
#pragma warning disable CA1031 // capture must not fail an exchange
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Exchange.Failures.Report(exception, "Noting an endpoint");
            }
        }
    }

    CancellationToken IHttpRequestLifetimeFeature.RequestAborted
    {
        get
        {
            Exchange.OnTokenRead();
            if (_showsCancelledToken) return new CancellationToken(canceled: true);
            _isTokenRead = true;
            return _server.Lifetime!.RequestAborted;
        }

        set
        {
            Exchange.OnTokenReplaced();
            (_isTokenRead, _showsCancelledToken) = (true, false);
            _server.Lifetime!.RequestAborted = value;
        }
    }

    /// <summary>Replaces the features of the server. If this fails, <see cref="Withdraw"/> restores them.</summary>
    public void Install()
    {
        var context = Exchange.Context;
        var features = context.Features;
        if (features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false })
        {
            _request = RequestTap.Create(Exchange);
            Exchange.MayHaveRequestBody = true;
            _request.Install(context);
        }

        Exchange.Upgrade = UpgradeTap.Create(context, Exchange.Failures);
        Exchange.Upgrade?.Install(features);
        features.Set<IHttpResponseBodyFeature>(this);
        if (_server.Lifetime is not null) features.Set<IHttpRequestLifetimeFeature>(this);
        if (_server.Reset is not null) features.Set<IHttpResetFeature>(this);
        features.Set<IEndpointFeature>(this);
        features.Set<ICaptureFeature>(this);
    }

    /// <summary>
    /// Notes how the pipeline ended. Restores the features of middleware in front of capture, which may compare them. The features of the server stay
    /// replaced, so that the error pages of such middleware are counted.
    /// </summary>
    public void OnPipelineEnded()
    {
        try
        {
            Exchange.OnPipelineEnded();
        }
        finally
        {
            if (!Exchange.IsOutermost) RestoreAll();
        }
    }

    /// <summary>Restores all features, so that the exchange continues without capture.</summary>
    public void Withdraw()
    {
        RestoreAll();
        Restore(static (ours, features) => { if (ReferenceEquals(features.Get<IEndpointFeature>(), ours)) features.Set(ours._endpointFeature); });
        Restore(static (_, features) => features.Set(ICaptureFeature.Excluded));
    }

    Task IHttpResponseBodyFeature.SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken) =>
        Exchange.CapturesResponseBody()
            ? CopyFileAsync(path, offset, count, cancellationToken)
            : CountFileAsync(path, offset, count, cancellationToken);

    void IHttpResponseBodyFeature.DisableBuffering() => _server.ResponseBody.DisableBuffering();

    Task IHttpResponseBodyFeature.StartAsync(CancellationToken cancellationToken) => _server.ResponseBody.StartAsync(cancellationToken);

    async Task IHttpResponseBodyFeature.CompleteAsync()
    {
        Exchange.OnResponded();
        await _server.ResponseBody.CompleteAsync().ConfigureAwait(false);
        if (Exchange.IsOutermost) Exchange.OnLastByteWritten();
    }

    void IHttpRequestLifetimeFeature.Abort()
    {
        OnReset(isError: true);
        _server.Lifetime!.Abort();
    }

    void IHttpResetFeature.Reset(int errorCode)
    {
        OnReset(isError: errorCode is not (Http2NoError or Http3NoError));
        _server.Reset!.Reset(errorCode);
    }

    /// <summary>
    /// If a token was read before the abort, servers cancel it after a delay. If it is read after the abort, they return it canceled. Checking the connection
    /// reads the token early, so the immediate cancellation is reproduced here.
    /// </summary>
    private void OnReset(bool isError)
    {
        Exchange.OnReset(isError);
        _showsCancelledToken |= !_isTokenRead;
    }

    private async Task CopyFileAsync(string path, long offset, long? count, CancellationToken cancellationToken)
    {
        // As the replaced feature does before it opens the file.
        if (_server.ResponseBody is StreamResponseBodyFeature) await _server.ResponseBody.StartAsync(cancellationToken).ConfigureAwait(false);
        await SendFileFallback.SendFileAsync(((IHttpResponseBodyFeature)this).Stream, path, offset, count, cancellationToken).ConfigureAwait(false);
    }

    private async Task CountFileAsync(string path, long offset, long? count, CancellationToken cancellationToken)
    {
        // Read first: the file may be deleted after it is sent.
        var length = count ?? LengthOf(path) - offset;
        try
        {
            await _server.ResponseBody.SendFileAsync(path, offset, count, cancellationToken).ConfigureAwait(false);
            Exchange.OnFileSent(length);
        }
        catch
        {
            Exchange.OnFileSent(null);
            throw;
        }
    }

    private static long? LengthOf(string path)
    {
        try
        {
            return new FileInfo(path).Length;
        }
#pragma warning disable CA1031 // the server opens the file itself and reports what is wrong
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    private void RestoreAll()
    {
        foreach (var restoration in Restorations) Restore(restoration);
    }

    private void Restore(Action<ExchangeFeatures, IFeatureCollection> restoration)
    {
        try
        {
            restoration(this, Exchange.Context.Features);
        }
#pragma warning disable CA1031 // capture must not fail an exchange
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Exchange.Failures.Report(exception, "Giving back a feature");
        }
    }
}
