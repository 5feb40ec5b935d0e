using System.Numerics;
using HoodyLogs.AspNetCore.Capture.Exchanges;
using HoodyLogs.Writing.Queue;

namespace HoodyLogs.AspNetCore.Capture.Open;

/// <summary>
/// The exchanges that have arrived and not ended. Each processor has its own stripe of slots, so that adding and removing allocate nothing and rarely wait.
/// The number of slots does not shrink.
/// </summary>
internal sealed class OpenExchanges(TimeProvider time)
{
    private const int MaxStripes = 64;

    private readonly AsyncPulse _ended = new();

    private readonly Stripe[] _stripes =
        [.. Enumerable.Range(0, (int)Math.Min(MaxStripes, BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount))).Select(_ => new Stripe())];

    /// <summary>The longest time that readers wait for an exchange to be recorded after its response. A slow client or middleware may delay it.</summary>
    public TimeSpan MaxRecordingDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The number of open exchanges.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            foreach (var stripe in _stripes) count += stripe.Count;
            return count;
        }
    }

    public void Add(Exchange exchange)
    {
        exchange.OpenStripe = (byte)(Thread.GetCurrentProcessorId() & (_stripes.Length - 1));
        _stripes[exchange.OpenStripe].Add(exchange);
    }

    /// <summary>Removes an exchange. Does nothing if it is not open.</summary>
    public void Remove(Exchange exchange)
    {
        _stripes[exchange.OpenStripe].Remove(exchange);
        _ended.Raise();
    }

    /// <summary>
    /// Waits until the exchanges whose clients may have received the whole response are recorded, at most for <see cref="MaxRecordingDelay"/>. A client then
    /// finds its own exchange in the log.
    /// </summary>
    public async ValueTask WaitUntilRecordedAsync(CancellationToken cancellationToken)
    {
        // Uses the system clock, because the wait limits real work.
        var clock = TimeProvider.System;
        var responded = new List<Exchange>();
        foreach (var stripe in _stripes) stripe.CollectResponded(responded);
        foreach (var exchange in responded)
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                // The signal is read before the check, so that no end in between is missed.
                var ended = _ended.Next();
                var left = MaxRecordingDelay - clock.GetElapsedTime(exchange.RespondedAt);
                if (exchange.HasEnded || left <= TimeSpan.Zero) break;
                await ended.WaitAsync(left, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Returns the exchanges that are older than an age, with their ages, the oldest first.</summary>
    public List<KeyValuePair<TimeSpan, Exchange>> OlderThan(TimeSpan age)
    {
        var now = time.GetTimestamp();
        var found = new List<KeyValuePair<TimeSpan, Exchange>>();
        foreach (var stripe in _stripes) stripe.Collect(exchange => time.GetElapsedTime(exchange.Arrival.Timestamp, now), age, found);
        found.Sort(static (one, other) => one.Value.Arrival.Timestamp.CompareTo(other.Value.Arrival.Timestamp));
        return found;
    }

    private sealed class Stripe
    {
        private readonly Lock _lock = new();
        private Exchange?[] _slots = new Exchange?[16];
        private int[] _free = new int[16];
        private int _freeCount;
        private int _used;

        public int Count
        {
            get
            {
                lock (_lock) return _used - _freeCount;
            }
        }

        public void Add(Exchange exchange)
        {
            lock (_lock)
            {
                if (_freeCount == 0 && _used == _slots.Length) Grow();
                exchange.OpenSlot = _freeCount > 0 ? _free[--_freeCount] : _used++;
                _slots[exchange.OpenSlot] = exchange;
            }
        }

        public void Remove(Exchange exchange)
        {
            lock (_lock)
            {
                if (exchange.OpenSlot < 0) return;
                _slots[exchange.OpenSlot] = null;
                _free[_freeCount++] = exchange.OpenSlot;
                exchange.OpenSlot = -1;
            }
        }

        public void Collect(Func<Exchange, TimeSpan> ageOf, TimeSpan age, List<KeyValuePair<TimeSpan, Exchange>> found)
        {
            lock (_lock)
            {
                foreach (var exchange in _slots.AsSpan(0, _used))
                {
                    if (exchange is not null && ageOf(exchange) is var exchangeAge && exchangeAge > age) found.Add(new(exchangeAge, exchange));
                }
            }
        }

        public void CollectResponded(List<Exchange> found)
        {
            lock (_lock)
            {
                foreach (var exchange in _slots.AsSpan(0, _used))
                {
                    if (exchange is { RespondedAt: > 0 }) found.Add(exchange);
                }
            }
        }

        private void Grow()
        {
            Array.Resize(ref _slots, _slots.Length * 2);
            Array.Resize(ref _free, _slots.Length);
        }
    }
}
