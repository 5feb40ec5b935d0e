using HoodyLogs.AspNetCore.Access.Options;
using HoodyLogs.Configuration;

namespace HoodyLogs.AspNetCore.Access;

/// <summary>
/// How often a scope may read, how many of its reads may be in progress, and how many streams it may have open. Each scope has its own share, whatever
/// tokens it has; what is idle is forgotten. A changed limit is in force at once: for reads with a fresh minute, for what is open with that counted.
/// </summary>
internal sealed class ReadLimiter(ILastGoodOptions<IAccessSettings> options, TimeProvider time)
{
    /// <summary>The body of a 429 on a stream, as documented.</summary>
    public const string StreamRefused = "Rate limit exceeded for log stream";

    /// <summary>The body of a 429 on any other read.</summary>
    public const string ReadRefused = "Rate limit exceeded for log reads";

    /// <summary>When to try again for a stream: nobody knows when another one ends.</summary>
    public static readonly TimeSpan StreamRetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>So many scopes have a share of their own; further ones share one, where a host's gate admits names without end.</summary>
    internal const int MaxScopes = 10_000;

    private const int BytesPerSlot = 1024 * 1024;

    // The request's body and the response's, and as JSON some of both is longer.
    private const int BytesPerBodyByte = 4;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan SlotRetryAfter = TimeSpan.FromSeconds(1);

    private readonly Dictionary<LogScope, Share> _shares = [];
    private readonly Share _ofFurtherScopes = new();
    private readonly Lock _lock = new();
    private long _lastSweep = time.GetTimestamp();

    /// <summary>How many scopes are remembered.</summary>
    public int Scopes
    {
        get
        {
            lock (_lock) return _shares.Count;
        }
    }

    /// <summary>How many places reads in progress take, of all scopes.</summary>
    public int ReadsInProgress
    {
        get
        {
            lock (_lock) return _shares.Values.Sum(share => share.ReadsInProgress) + _ofFurtherScopes.ReadsInProgress;
        }
    }

    /// <summary>Takes one read from the scope's share of this minute, and a place among its reads in progress. Dispose it when the answer was sent.</summary>
    /// <param name="scope">Whose share.</param>
    /// <param name="withBodies">Whether the answer may hold bodies.</param>
    /// <param name="retryAfter">Where there is none left: when there will be.</param>
    /// <returns>Null where there is none left.</returns>
    public IDisposable? TryRead(LogScope scope, bool withBodies, out TimeSpan retryAfter)
    {
        var limits = options.Current.Limits;
        var slots = withBodies ? SlotsWithBodies() : 1;
        retryAfter = SlotRetryAfter;
        lock (_lock)
        {
            var share = ShareOf(scope);
            if (share.ReadsInProgress + slots > limits.MaxConcurrentReads) return null;
            if (!TryCount(share, limits.ReadsPerMinute, out retryAfter)) return null;
            share.ReadsInProgress += slots;
            return new Lease(this, share, slots, streams: 0);
        }
    }

    /// <summary>Takes one of the scope's streams; null where all are open. Dispose it when the stream has ended.</summary>
    public IDisposable? TryOpenStream(LogScope scope)
    {
        lock (_lock)
        {
            var share = ShareOf(scope);
            if (share.Streams >= options.Current.Limits.MaxStreams) return null;
            share.Streams++;
            return new Lease(this, share, reads: 0, streams: 1);
        }
    }

    private int SlotsWithBodies()
    {
        var current = options.Current;
        var bytes = (long)current.Capture.MaxBodyBytes * BytesPerBodyByte;
        return (int)Math.Clamp((bytes + BytesPerSlot - 1) / BytesPerSlot, 1, current.Limits.MaxConcurrentReads);
    }

    private bool TryCount(Share share, int perMinute, out TimeSpan retryAfter)
    {
        var elapsed = time.GetElapsedTime(share.WindowStart);
        if (share.PerMinute != perMinute || elapsed >= Window)
        {
            (share.PerMinute, share.WindowStart, share.ReadsInWindow) = (perMinute, time.GetTimestamp(), 0);
            elapsed = TimeSpan.Zero;
        }

        retryAfter = Window - elapsed;
        if (share.ReadsInWindow >= perMinute) return false;
        share.ReadsInWindow++;
        return true;
    }

    private Share ShareOf(LogScope scope)
    {
        Sweep();
        if (_shares.TryGetValue(scope, out var share)) return share;
        if (_shares.Count >= MaxScopes) return _ofFurtherScopes;
        _shares.Add(scope, share = new Share());
        return share;
    }

    /// <summary>Forgets, once a minute, the scopes that have nothing open and whose minute is over.</summary>
    private void Sweep()
    {
        if (time.GetElapsedTime(_lastSweep) < Window) return;
        _lastSweep = time.GetTimestamp();
        foreach (var (scope, share) in _shares)
        {
            var isIdle = share is { ReadsInProgress: 0, Streams: 0 };
            if (isIdle && time.GetElapsedTime(share.WindowStart) >= Window) _shares.Remove(scope);
        }
    }

    /// <summary>What one scope uses.</summary>
    private sealed class Share
    {
        public int PerMinute { get; set; }

        public long WindowStart { get; set; }

        public int ReadsInWindow { get; set; }

        public int ReadsInProgress { get; set; }

        public int Streams { get; set; }
    }

    private sealed class Lease(ReadLimiter limits, Share share, int reads, int streams) : IDisposable
    {
        private bool _returned;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, true)) return;
            lock (limits._lock)
            {
                share.ReadsInProgress -= reads;
                share.Streams -= streams;
            }
        }
    }
}
