using System.IO.Pipelines;
using HoodyLogs.AspNetCore.Capture.Taps;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <content>What stands in for the features of the server: passes every call on, and notes what it tells.</content>
internal sealed partial class Exchange
{
    /// <summary>The request's own token, where somebody has put another in its place: one of a timeout says nothing of the client.</summary>
    private CancellationToken? _serversToken;
    private bool _tokenAsked;
    private bool _cutUnasked;

    Stream IHttpResponseBodyFeature.Stream => _responseStream ??= new ResponseStreamTap(this, _responseBody.Stream);

    PipeWriter IHttpResponseBodyFeature.Writer => _responseWriter ??= new ResponseWriterTap(this, _responseBody.Writer);

    Endpoint? IEndpointFeature.Endpoint
    {
        get => _endpoint;
        set
        {
            _endpoint = value;
            if (_chosen is not null) _chosen.Endpoint = value;
            try
            {
                Note(value);
            }
#pragma warning disable CA1031 // no exchange fails because of logging
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Failed(exception, "Noting an endpoint");
            }
        }
    }

    CancellationToken IHttpRequestLifetimeFeature.RequestAborted
    {
        get
        {
            LearnOpenScope();
            if (_cutUnasked) return new CancellationToken(canceled: true);
            _tokenAsked = true;
            return _lifetime!.RequestAborted;
        }

        set
        {
            _serversToken ??= ServersToken();
            (_tokenAsked, _cutUnasked) = (true, false);
            _lifetime!.RequestAborted = value;
        }
    }

    Task IHttpResponseBodyFeature.SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken)
    {
        Decide(ref _responseTaken, isRequest: false);
        return _responseTaken.State == BodyState.Full
            ? CopyFileAsync(path, offset, count, cancellationToken)
            : CountFileAsync(path, offset, count, cancellationToken);
    }

    void IHttpResponseBodyFeature.DisableBuffering() => _responseBody.DisableBuffering();

    Task IHttpResponseBodyFeature.StartAsync(CancellationToken cancellationToken) => _responseBody.StartAsync(cancellationToken);

    async Task IHttpResponseBodyFeature.CompleteAsync()
    {
        NoteAnswer();
        await _responseBody.CompleteAsync().ConfigureAwait(false);
        if (SeesTransfer) NoteLastByte();
    }

    void IHttpRequestLifetimeFeature.Abort()
    {
        NoteClient();
        NoteCut(!ClientLeft);
        _lifetime!.Abort();
    }

    void IHttpResetFeature.Reset(int errorCode)
    {
        const int Http2NoError = 0;
        const int Http3NoError = 0x100;
        NoteClient();
        NoteCut(!ClientLeft && errorCode is not (Http2NoError or Http3NoError));
        _reset!.Reset(errorCode);
    }

    private CancellationToken? ServersToken()
    {
        try
        {
            return _lifetime!.RequestAborted;
        }
#pragma warning disable CA1031 // no exchange fails because of logging
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Failed(exception, "Looking for the token of a request");
            return null;
        }
    }

    /// <summary>
    /// Servers cancel a token that was asked for some time after the cut, and show one that was not as cancelled at once. Looking who was first has asked for it,
    /// so the second is done here.
    /// </summary>
    private void NoteCut(bool isServers)
    {
        ServerCut |= isServers && !_wroteLastByte;
        _cutUnasked |= !_tokenAsked;
    }

    private async Task CopyFileAsync(string path, long offset, long? count, CancellationToken cancellationToken)
    {
        // As that feature does itself, before it opens the file.
        if (_responseBody is StreamResponseBodyFeature) await _responseBody.StartAsync(cancellationToken).ConfigureAwait(false);
        await SendFileFallback.SendFileAsync(((IHttpResponseBodyFeature)this).Stream, path, offset, count, cancellationToken).ConfigureAwait(false);
    }

    private async Task CountFileAsync(string path, long offset, long? count, CancellationToken cancellationToken)
    {
        // Looked at before: once it is sent, the file may be gone.
        var length = count ?? LengthOf(path) - offset;
        try
        {
            await _responseBody.SendFileAsync(path, offset, count, cancellationToken).ConfigureAwait(false);
            if (_bytesOut >= 0) _bytesOut = length is null ? -1 : _bytesOut + length.Value;
        }
        catch
        {
            _bytesOut = -1; // how far it came, only the server knows
            throw;
        }
    }

    private static long? LengthOf(string path)
    {
        try
        {
            return new FileInfo(path).Length;
        }
#pragma warning disable CA1031 // the server opens the file itself, and says what is wrong with it
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }
}
