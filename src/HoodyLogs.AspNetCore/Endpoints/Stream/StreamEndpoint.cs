using HoodyLogs.AspNetCore.Access;
using HoodyLogs.AspNetCore.Endpoints.Options;
using HoodyLogs.AspNetCore.Endpoints.Parameters;
using HoodyLogs.AspNetCore.Endpoints.Responses;
using HoodyLogs.Configuration;
using HoodyLogs.Diagnostics;
using HoodyLogs.Tail;
using HoodyLogs.Tail.Gaps;
using HoodyLogs.Tail.Ring;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Hosting;

namespace HoodyLogs.AspNetCore.Endpoints.Stream;

/// <summary><c>GET {prefix}/_logs/stream</c>: the live tail as server-sent events.</summary>
internal sealed class StreamEndpoint : IDisposable
{
    private readonly LogRing _ring;
    private readonly ILogStore _store;
    private readonly GapHistory _gaps;
    private readonly ReadLimiter _limiter;
    private readonly ILogAuthorizer _authorizer;
    private readonly ILastGoodOptions<IEndpointSettings> _options;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeProvider _time;
    private readonly LogMetrics _metrics;
    private readonly IDisposable _optionsSubscription;
    private TaskCompletionSource _optionsReloaded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StreamEndpoint(
        LogRing ring, ILogStore store, GapHistory gaps, ReadLimiter limiter, ILogAuthorizer authorizer, ILastGoodOptions<IEndpointSettings> options,
        IHostApplicationLifetime lifetime, TimeProvider time, LogMetrics metrics)
    {
        _ring = ring;
        _store = store;
        _gaps = gaps;
        _limiter = limiter;
        _authorizer = authorizer;
        _options = options;
        _lifetime = lifetime;
        _time = time;
        _metrics = metrics;

        // Streams check their authorization whenever they wake, so a reload wakes those that wait.
        _optionsSubscription = options.OnChange(_ => OnOptionsReloaded());
    }

    public async Task HandleAsync(HttpContext context, LogScope scope, QueryParameters query)
    {
        var request = StreamRequest.Bind(context.Request, query, _options.Current.MaxLimit, out var error);
        if (error is not null)
        {
            await ApiError.WriteBadRequestAsync(context, error).ConfigureAwait(false);
            return;
        }

        using var streamLease = _limiter.TryAcquireStream(scope);
        if (streamLease is null)
        {
            await ApiError.WriteTooManyRequestsAsync(context, ReadLimiter.StreamRetryAfter, ReadLimiter.StreamLimitExceeded).ConfigureAwait(false);
            return;
        }

        var retryAfter = TimeSpan.Zero;
        using var readLease = request.CountsAsRead ? _limiter.TryAcquireRead(scope, withBodies: false, out retryAfter) : null;
        if (request.CountsAsRead && readLease is null)
        {
            await ApiError.WriteTooManyRequestsAsync(context, retryAfter, ReadLimiter.ReadLimitExceeded).ConfigureAwait(false);
            return;
        }

        if (HttpMethods.IsHead(context.Request.Method)) SetHeaders(context);
        else await StreamAsync(context, scope, request, readLease).ConfigureAwait(false);
    }

    public void Dispose() => _optionsSubscription.Dispose();

    private async Task StreamAsync(HttpContext context, LogScope scope, StreamRequest request, IDisposable? readLease)
    {
        var aborted = context.RequestAborted;
        var start = await TailStartPosition.FindAsync(request.LastEventId, request.Tail, _ring, _store, scope, request.Filter, aborted).ConfigureAwait(false);
        readLease?.Dispose(); // the stream itself does not count as a read
        SetHeaders(context);
        using var cursor = new TailCursor(_ring, _store, _gaps, scope, request.Filter, start.Position);
        var authorization = new StreamAuthorization(context, scope, _authorizer, _options, _time);
        using var expiry = authorization.CreateExpirySource();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(aborted, _lifetime.ApplicationStopping, expiry.Token);
        using var session = new StreamSession(
            context, cursor, _ring, authorization, () => Volatile.Read(ref _optionsReloaded).Task, _options.Current.Tail.Heartbeat, _time, _metrics, stopping.Token);
        _metrics.TailOpened();
        try
        {
            // Without the abort, a client that does not read would delay the end of the stream and the shutdown of the server.
            if (!await session.RunAsync(start).ConfigureAwait(false)) context.Abort();
        }
        finally
        {
            _metrics.TailClosed();
        }
    }

    private void OnOptionsReloaded()
    {
        Interlocked.Exchange(ref _optionsReloaded, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        _ring.Signal.Raise();
    }

    private static void SetHeaders(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentType = "text/event-stream";
        headers.CacheControl = "no-cache, no-store";
        headers["X-Accel-Buffering"] = "no";
        if (HttpProtocol.IsHttp11(context.Request.Protocol)) headers.Connection = "keep-alive";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();

        // A client may pause as long as it wants, because it costs only its socket buffer.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
    }
}
