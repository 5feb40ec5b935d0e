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

/// <summary><c>GET {prefix}/_logs/stream</c>: the live tail over SSE (decisions T).</summary>
internal sealed class StreamEndpoint : IDisposable
{
    private readonly LogRing _ring;
    private readonly ILogStore _store;
    private readonly GapHistory _losses;
    private readonly ReadLimiter _limits;
    private readonly ILogAuthorizer _access;
    private readonly ILastGoodOptions<IEndpointSettings> _options;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeProvider _time;
    private readonly LogMetrics _metrics;
    private readonly IDisposable _changes;
    private TaskCompletionSource _reload = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StreamEndpoint(
        LogRing ring, ILogStore store, GapHistory losses, ReadLimiter limits, ILogAuthorizer access, ILastGoodOptions<IEndpointSettings> options,
        IHostApplicationLifetime lifetime, TimeProvider time, LogMetrics metrics)
    {
        _ring = ring;
        _store = store;
        _losses = losses;
        _limits = limits;
        _access = access;
        _options = options;
        _lifetime = lifetime;
        _time = time;
        _metrics = metrics;

        // Streams look at the options whenever they wake; those that wait are woken to see that their token was revoked.
        _changes = options.OnChange(_ => Reloaded());
    }

    public async Task HandleAsync(HttpContext context, LogScope scope, QueryParameters query)
    {
        var request = StreamRequest.Read(context.Request, query, _options.Current.MaxLimit, out var fault);
        if (fault is not null)
        {
            await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, fault).ConfigureAwait(false);
            return;
        }

        using var slot = _limits.TryOpenStream(scope);
        if (slot is null)
        {
            await ApiError.TooManyAsync(context, ReadLimiter.StreamRetryAfter, ReadLimiter.StreamRefused).ConfigureAwait(false);
            return;
        }

        var retryAfter = TimeSpan.Zero;
        using var read = request.CountsAsRead ? _limits.TryRead(scope, withBodies: false, out retryAfter) : null;
        if (request.CountsAsRead && read is null)
        {
            await ApiError.TooManyAsync(context, retryAfter, ReadLimiter.ReadRefused).ConfigureAwait(false);
            return;
        }

        if (HttpMethods.IsHead(context.Request.Method)) SetHeaders(context);
        else await StreamAsync(context, scope, request, read).ConfigureAwait(false);
    }

    public void Dispose() => _changes.Dispose();

    private async Task StreamAsync(HttpContext context, LogScope scope, StreamRequest request, IDisposable? read)
    {
        var aborted = context.RequestAborted;
        var start = await TailStartPosition.FindAsync(request.LastEventId, request.Tail, _ring, _store, scope, request.Filter, aborted).ConfigureAwait(false);
        read?.Dispose(); // what follows is the stream's own, which has a place of its own
        SetHeaders(context);
        using var cursor = new TailCursor(_ring, _store, _losses, scope, request.Filter, start.Position);
        var permit = new StreamAuthorization(context, scope, _access, _options, _time);
        using var expiry = permit.StartExpiry();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(aborted, _lifetime.ApplicationStopping, expiry.Token);
        using var session = new StreamSession(
            context, cursor, _ring, permit, () => Volatile.Read(ref _reload).Task, _options.Current.Tail.Heartbeat, _time, _metrics, ending.Token);
        _metrics.TailOpened();
        try
        {
            // A client that does not read would keep the server from stopping, and a revoked token's stream from ending.
            if (!await session.RunAsync(start).ConfigureAwait(false)) context.Abort();
        }
        finally
        {
            _metrics.TailClosed();
        }
    }

    private void Reloaded()
    {
        Interlocked.Exchange(ref _reload, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
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

        // A reader may pause for as long as it likes: it costs its socket alone.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
    }
}
