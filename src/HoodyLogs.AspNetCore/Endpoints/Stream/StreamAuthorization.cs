using HoodyLogs.AspNetCore.Access;
using HoodyLogs.AspNetCore.Endpoints.Options;
using HoodyLogs.Configuration;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints.Stream;

/// <summary>
/// Decides whether a stream may continue. Its authorization ends when a reload of the options removes the caller's token, or when the authentication
/// ticket expires.
/// </summary>
internal sealed class StreamAuthorization
{
    // The longest time of a timer. A stream that is older ends, and its client reconnects.
    private static readonly TimeSpan MaxTimerDuration = TimeSpan.FromMilliseconds(int.MaxValue);

    private readonly HttpContext _context;
    private readonly LogScope _scope;
    private readonly ILogAuthorizer _authorizer;
    private readonly ILastGoodOptions<IEndpointSettings> _options;
    private readonly TimeProvider _time;
    private AccessOptions _authorizedOptions;
    private AuthorizationResult _authorization;

    public StreamAuthorization(HttpContext context, LogScope scope, ILogAuthorizer authorizer, ILastGoodOptions<IEndpointSettings> options, TimeProvider time)
    {
        _context = context;
        _scope = scope;
        _authorizer = authorizer;
        _options = options;
        _time = time;
        _authorizedOptions = options.Current.Access;
        _authorization = authorizer.Authorize(context);
    }

    /// <summary>Returns a source that is canceled when the ticket expires.</summary>
    public CancellationTokenSource CreateExpirySource()
    {
        if (_authorization.ExpiresAt is not { } end) return new CancellationTokenSource();
        var left = end - _time.GetUtcNow();
        return new CancellationTokenSource(left < TimeSpan.Zero ? TimeSpan.Zero : left > MaxTimerDuration ? MaxTimerDuration : left, _time);
    }

    /// <summary>Returns whether the stream may continue.</summary>
    public bool IsStillAuthorized()
    {
        var current = _options.Current.Access;
        if (!ReferenceEquals(current, _authorizedOptions)) (_authorizedOptions, _authorization) = (current, _authorizer.Authorize(_context));
        return _authorization.IsAllowed && _authorization.Scope == _scope && !(_authorization.ExpiresAt <= _time.GetUtcNow());
    }
}
