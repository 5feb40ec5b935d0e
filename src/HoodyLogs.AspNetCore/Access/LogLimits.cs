using System.Threading.RateLimiting;
using HoodyLogs.AspNetCore.Configuration;
using HoodyLogs.Configuration;
using HoodyLogs.Tenancy;

namespace HoodyLogs.AspNetCore.Access;

/// <summary>
/// How often a scope may read, and how many streams it may have open (decision A4). Each scope has its own share, whatever tokens it has; what
/// is idle is forgotten. A changed limit is in force at once: for reads with a fresh minute, for streams with those counted that are open.
/// </summary>
internal sealed class LogLimits(ILiveOptions<ProxyLogsOptions> options) : IDisposable
{
    /// <summary>The body of a 429 on a stream, as documented.</summary>
    public const string StreamRefused = "Rate limit exceeded for log stream";

    /// <summary>The body of a 429 on any other read.</summary>
    public const string ReadRefused = "Rate limit exceeded for log reads";

    /// <summary>When to try again for a stream: nobody knows when another one ends.</summary>
    public static readonly TimeSpan StreamRetryAfter = TimeSpan.FromSeconds(5);

    private readonly Dictionary<LogScope, int> _openStreams = [];
    private readonly Lock _lock = new();
    private ReadLimiter _reads = new(options.Current.Limits.ReadsPerMinute);

    /// <summary>Takes one read from the scope's share of this minute.</summary>
    /// <param name="scope">Whose share.</param>
    /// <param name="retryAfter">Where there is none left: when there will be.</param>
    public bool TryRead(LogScope scope, out TimeSpan retryAfter)
    {
        using var lease = Reads().AttemptAcquire(scope);
        if (lease.IsAcquired)
        {
            retryAfter = default;
            return true;
        }

        if (!lease.TryGetMetadata(MetadataName.RetryAfter, out retryAfter)) retryAfter = ReadLimiter.Window;
        return false;
    }

    /// <summary>Takes one of the scope's streams; null where all are open. Dispose it when the stream has ended.</summary>
    public IDisposable? TryOpenStream(LogScope scope)
    {
        lock (_lock)
        {
            var open = _openStreams.GetValueOrDefault(scope);
            if (open >= options.Current.Limits.StreamsPerScope) return null;
            _openStreams[scope] = open + 1;
        }

        return new OpenStream(this, scope);
    }

    public void Dispose() => _reads.Dispose();

    private ReadLimiter Reads()
    {
        var perMinute = options.Current.Limits.ReadsPerMinute;
        if (Volatile.Read(ref _reads) is { } reads && reads.PerMinute == perMinute) return reads;
        lock (_lock)
        {
            if (_reads.PerMinute == perMinute) return _reads;
            var old = _reads;
            Volatile.Write(ref _reads, new ReadLimiter(perMinute));
            old.Dispose();
            return _reads;
        }
    }

    private void Close(LogScope scope)
    {
        lock (_lock)
        {
            if (_openStreams[scope] == 1) _openStreams.Remove(scope);
            else _openStreams[scope]--;
        }
    }

    private sealed class OpenStream(LogLimits limits, LogScope scope) : IDisposable
    {
        private bool _closed;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _closed, true)) limits.Close(scope);
        }
    }
}
