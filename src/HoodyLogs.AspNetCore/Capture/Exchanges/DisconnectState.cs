using HoodyLogs.AspNetCore.Capture.Diagnostics;
using HoodyLogs.AspNetCore.Capture.Taps;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>
/// Which side ended an exchange early. An abort by the server side later looks like a disconnect of the client, so the first observation counts.
/// </summary>
internal struct DisconnectState(IHttpRequestLifetimeFeature? lifetime)
{
    /// <summary>The token of the server, after the application has replaced it: the token of a timeout says nothing about the client.</summary>
    private CancellationToken? _serverToken;

    /// <summary>Whether the client disconnected before the response was complete.</summary>
    public bool ClientDisconnected { get; private set; }

    /// <summary>Whether the server side aborted the exchange while the client was connected.</summary>
    public bool ServerAborted { get; private set; }

    /// <summary>Whether the server has taken the last byte of the response. A disconnect after that does not matter.</summary>
    public bool IsLastByteWritten { get; set; }

    private readonly bool IsDecided => ServerAborted || ClientDisconnected || IsLastByteWritten;

    /// <summary>Notes that the server side aborts the exchange.</summary>
    public void SetServerAborted() => ServerAborted |= !ClientDisconnected && !IsLastByteWritten;

    /// <summary>Notes the end of a WebSocket. It is complete if one side has sent a close frame, however the connection ends after that.</summary>
    public void SetWebSocketEnded(bool isClosed) => (ClientDisconnected, ServerAborted) = isClosed ? (false, false) : (ClientDisconnected, !ClientDisconnected);

    /// <summary>Keeps the token of the server before the application replaces it.</summary>
    public void KeepServerToken(CaptureFailures failures)
    {
        try
        {
            _serverToken ??= lifetime!.RequestAborted;
        }
#pragma warning disable CA1031 // capture must not fail an exchange
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failures.Report(exception, "Looking for the token of a request");
        }
    }

    /// <summary>Checks whether the connection is gone, as far as the token of the server and the stream of a WebSocket show.</summary>
    public void Check(HttpContext context, UpgradedStreamTap? upgraded, ExchangeEnvironment environment)
    {
        if (IsDecided) return;
        try
        {
            if (upgraded is { HasClientVanished: true } || IsServerTokenCancelled(context)) SetConnectionLost(environment);
        }
#pragma warning disable CA1031 // capture must not fail an exchange
        catch (Exception exception)
#pragma warning restore CA1031
        {
            environment.Failures.Report(exception, "Looking whether the client is there");
        }
    }

    /// <summary>
    /// Checks whether a failure to read the request body shows that the client is gone. The server cancels its token a moment later, and a proxy aborts the
    /// exchange before that.
    /// </summary>
    public void CheckReadFailure(Exception failure, HttpContext context, ExchangeEnvironment environment)
    {
        if (IsDecided) return;
        try
        {
            if (IsOfGoneClient(failure, context)) SetConnectionLost(environment);
        }
#pragma warning disable CA1031 // capture must not fail an exchange
        catch (Exception exception)
#pragma warning restore CA1031
        {
            environment.Failures.Report(exception, "Noting how a body ended");
        }
    }

    /// <summary>A stopping host aborts exchanges that do not end in time, so the server counts as the side that ended them.</summary>
    private void SetConnectionLost(ExchangeEnvironment environment)
    {
        ServerAborted = environment.IsHostStopping;
        ClientDisconnected = !ServerAborted;
    }

    private static bool IsOfGoneClient(Exception failure, HttpContext context) => failure switch
    {
        // The body ends early. For a chunked body only the text distinguishes this from an invalid chunk, whose client still waits for a response.
        BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } rejected =>
            context.Request.ContentLength is not null || rejected.Message.StartsWith("Unexpected end of request content", StringComparison.Ordinal),
        BadHttpRequestException => false,
        IOException or ConnectionAbortedException => true,
        _ => false,
    };

    private readonly bool IsServerTokenCancelled(HttpContext context)
    {
        var token = _serverToken ?? lifetime?.RequestAborted ?? CancellationToken.None;
        if (!token.IsCancellationRequested) return false;
        return _serverToken is not null || context.Features.Get<IHttpRequestTimeoutFeature>() is not { RequestTimeoutToken.IsCancellationRequested: true };
    }
}
