using HoodyLogs.AspNetCore.Access.Options;
using HoodyLogs.Configuration;

namespace HoodyLogs.AspNetCore.Access;

/// <summary>
/// Limits the reads per minute, the concurrent reads and the streams of each scope. All tokens of a scope share its limits. Idle scopes are forgotten. A
/// changed limit applies at once: a changed number of reads per minute starts a new minute, and open reads and streams still count.
/// </summary>
internal sealed class ReadLimiter(ILastGoodOptions<IAccessSettings> options, TimeProvider time)
{
    /// <summary>The documented message of a 429 for a stream.</summary>
    public const string StreamLimitExceeded = "Rate limit exceeded for log stream";

    /// <summary>The message of a 429 for all other reads.</summary>
    public const string ReadLimitExceeded = "Rate limit exceeded for log reads";

    /// <summary>The suggested time before the next attempt to open a stream.</summary>
    public static readonly TimeSpan StreamRetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>The maximum number of scopes that are counted separately. All other scopes share one counter. Only a host gate can admit that many.</summary>
    internal const int MaxScopes = 10_000;

    private const int BytesPerLease = 1024 * 1024;

    // A read returns two bodies, and JSON escapes or base64 make them longer.
    private const int BytesPerBodyByte = 4;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ConcurrentReadRetryAfter = TimeSpan.FromSeconds(1);

    private readonly Dictionary<LogScope, ScopeUsage> _usages = [];
    private readonly ScopeUsage _overflow = new();
    private readonly Lock _lock = new();
    private long _lastRemoval = time.GetTimestamp();

    /// <summary>The number of scopes that are counted separately.</summary>
    public int Scopes
    {
        get
        {
            lock (_lock) return _usages.Count;
        }
    }

    /// <summary>The number of concurrent reads of all scopes. A read with large bodies counts several times.</summary>
    public int ReadsInProgress
    {
        get
        {
            lock (_lock) return _usages.Values.Sum(usage => usage.ReadsInProgress) + _overflow.ReadsInProgress;
        }
    }

    /// <summary>Counts a read of a scope. Dispose the result after the response was sent.</summary>
    /// <param name="scope">The scope.</param>
    /// <param name="withBodies">Whether the response may contain bodies.</param>
    /// <param name="retryAfter">The time to wait, if the scope is over its limit.</param>
    /// <returns>Null if the scope is over its limit.</returns>
    public IDisposable? TryAcquireRead(LogScope scope, bool withBodies, out TimeSpan retryAfter)
    {
        var limits = options.Current.Limits;
        var weight = withBodies ? GetWeightWithBodies() : 1;
        retryAfter = ConcurrentReadRetryAfter;
        lock (_lock)
        {
            var usage = GetUsage(scope);
            if (usage.ReadsInProgress + weight > limits.MaxConcurrentReads) return null;
            if (!TryCountRead(usage, limits.ReadsPerMinute, out retryAfter)) return null;
            usage.ReadsInProgress += weight;
            return new Lease(this, usage, weight, streams: 0);
        }
    }

    /// <summary>Counts a stream of a scope; null if the scope is over its limit. Dispose the result when the stream has ended.</summary>
    public IDisposable? TryAcquireStream(LogScope scope)
    {
        lock (_lock)
        {
            var usage = GetUsage(scope);
            if (usage.Streams >= options.Current.Limits.MaxStreams) return null;
            usage.Streams++;
            return new Lease(this, usage, reads: 0, streams: 1);
        }
    }

    private int GetWeightWithBodies()
    {
        var current = options.Current;
        var bytes = (long)current.Capture.MaxBodyBytes * BytesPerBodyByte;
        return (int)Math.Clamp((bytes + BytesPerLease - 1) / BytesPerLease, 1, current.Limits.MaxConcurrentReads);
    }

    private bool TryCountRead(ScopeUsage usage, int perMinute, out TimeSpan retryAfter)
    {
        var elapsed = time.GetElapsedTime(usage.WindowStart);
        if (usage.PerMinute != perMinute || elapsed >= Window)
        {
            (usage.PerMinute, usage.WindowStart, usage.ReadsInWindow) = (perMinute, time.GetTimestamp(), 0);
            elapsed = TimeSpan.Zero;
        }

        retryAfter = Window - elapsed;
        if (usage.ReadsInWindow >= perMinute) return false;
        usage.ReadsInWindow++;
        return true;
    }

    private ScopeUsage GetUsage(LogScope scope)
    {
        RemoveIdle();
        if (_usages.TryGetValue(scope, out var usage)) return usage;
        if (_usages.Count >= MaxScopes) return _overflow;
        _usages.Add(scope, usage = new ScopeUsage());
        return usage;
    }

    /// <summary>Removes idle scopes, at most once a minute.</summary>
    private void RemoveIdle()
    {
        if (time.GetElapsedTime(_lastRemoval) < Window) return;
        _lastRemoval = time.GetTimestamp();
        foreach (var (scope, usage) in _usages)
        {
            var isIdle = usage is { ReadsInProgress: 0, Streams: 0 };
            if (isIdle && time.GetElapsedTime(usage.WindowStart) >= Window) _usages.Remove(scope);
        }
    }

    /// <summary>The current use of one scope.</summary>
    private sealed class ScopeUsage
    {
        public int PerMinute { get; set; }

        public long WindowStart { get; set; }

        public int ReadsInWindow { get; set; }

        public int ReadsInProgress { get; set; }

        public int Streams { get; set; }
    }

    private sealed class Lease(ReadLimiter limits, ScopeUsage usage, int reads, int streams) : IDisposable
    {
        private bool _returned;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, true)) return;
            lock (limits._lock)
            {
                usage.ReadsInProgress -= reads;
                usage.Streams -= streams;
            }
        }
    }
}
