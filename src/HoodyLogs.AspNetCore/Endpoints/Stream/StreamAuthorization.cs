using HoodyLogs.AspNetCore.Access;
using HoodyLogs.AspNetCore.Endpoints.Options;
using HoodyLogs.Configuration;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints.Stream;

/// <summary>
/// The right to go on with a stream. It ends with the caller's credential: when a token is removed, which a reload of the options shows, and when
/// an authentication ticket expires.
/// </summary>
internal sealed class StreamAuthorization
{
    // The longest that a timer can wait for; a stream that is older ends, and its client comes back.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(int.MaxValue);

    private readonly HttpContext _context;
    private readonly LogScope _scope;
    private readonly ILogAuthorizer _access;
    private readonly ILastGoodOptions<IEndpointSettings> _options;
    private readonly TimeProvider _time;
    private AccessOptions _decided;
    private AuthorizationResult _decision;

    public StreamAuthorization(HttpContext context, LogScope scope, ILogAuthorizer access, ILastGoodOptions<IEndpointSettings> options, TimeProvider time)
    {
        _context = context;
        _scope = scope;
        _access = access;
        _options = options;
        _time = time;
        _decided = options.Current.Access;
        _decision = access.Authorize(context);
    }

    /// <summary>Cancelled when the ticket expires. It wakes a stream that waits for entries, or for its client to read.</summary>
    public CancellationTokenSource StartExpiry()
    {
        if (_decision.ExpiresAt is not { } end) return new CancellationTokenSource();
        var left = end - _time.GetUtcNow();
        return new CancellationTokenSource(left < TimeSpan.Zero ? TimeSpan.Zero : left > LongestWait ? LongestWait : left, _time);
    }

    public bool IsStillAuthorized()
    {
        var current = _options.Current.Access;
        if (!ReferenceEquals(current, _decided)) (_decided, _decision) = (current, _access.Authorize(_context));
        return _decision.IsAllowed && _decision.Scope == _scope && !(_decision.ExpiresAt <= _time.GetUtcNow());
    }
}
