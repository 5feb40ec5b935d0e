using System.Numerics;
using HoodyLogs.Writing.Queue;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>
/// The exchanges that have arrived and not ended. Each processor has slots of its own, so that adding and removing allocate nothing and
/// rarely wait. There are as many slots as there ever were open exchanges at once.
/// </summary>
internal sealed class OpenExchanges(TimeProvider time)
{
    private const int MaxStripes = 64;

    private readonly AsyncPulse _ended = new();

    private readonly Stripe[] _stripes =
        [.. Enumerable.Range(0, (int)Math.Min(MaxStripes, BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount))).Select(_ => new Stripe())];

    /// <summary>A client that reads slowly, or middleware that goes on after its answer, keeps readers of the log waiting no longer than this.</summary>
    public TimeSpan LongestRecording { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How many there are.</summary>
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

    /// <summary>Removes an exchange. Harmless where it is not there.</summary>
    public void Remove(Exchange exchange)
    {
        _stripes[exchange.OpenStripe].Remove(exchange);
        _ended.Raise();
    }

    /// <summary>
    /// Waits until the exchanges whose clients may have the whole response by now are recorded, half a second after their answer at most. A reader then finds
    /// in the log what it knows to have happened.
    /// </summary>
    public async ValueTask AnsweredAreRecordedAsync(CancellationToken cancellationToken)
    {
        // This paces machine work, so it goes by the system's clock whatever clock the library was given.
        var clock = TimeProvider.System;
        var answered = new List<Exchange>();
        foreach (var stripe in _stripes) stripe.CollectAnswered(answered);
        foreach (var exchange in answered)
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                // The signal is taken before the look, so that no end in between is missed.
                var ended = _ended.Next();
                var left = LongestRecording - clock.GetElapsedTime(exchange.AnsweredAt);
                if (exchange.HasEnded || left <= TimeSpan.Zero) break;
                await ended.WaitAsync(left, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>How long an exchange has lasted.</summary>
    public TimeSpan Age(Exchange exchange) => time.GetElapsedTime(exchange.ArrivedAt);

    /// <summary>The exchanges that have lasted for longer than an age, with their ages, the oldest first.</summary>
    public List<KeyValuePair<TimeSpan, Exchange>> OlderThan(TimeSpan age)
    {
        var now = time.GetTimestamp();
        var found = new List<KeyValuePair<TimeSpan, Exchange>>();
        foreach (var stripe in _stripes) stripe.Collect(exchange => time.GetElapsedTime(exchange.ArrivedAt, now), age, found);
        found.Sort(static (one, other) => one.Value.ArrivedAt.CompareTo(other.Value.ArrivedAt));
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
                    if (exchange is not null && ageOf(exchange) is var lasted && lasted > age) found.Add(new(lasted, exchange));
                }
            }
        }

        public void CollectAnswered(List<Exchange> found)
        {
            lock (_lock)
            {
                foreach (var exchange in _slots.AsSpan(0, _used))
                {
                    if (exchange is { AnsweredAt: > 0 }) found.Add(exchange);
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
