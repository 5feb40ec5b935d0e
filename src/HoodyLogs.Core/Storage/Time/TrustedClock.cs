namespace HoodyLogs.Storage.Time;

/// <summary>
/// Protects the store from jumps of the system clock. The clock has jumped if the wall clock differs from the monotonic clock by more than two minutes.
/// From then on, the trusted time advances by elapsed time. The wall clock is trusted again when it shows the expected time, or when it has been steady
/// for ten minutes.
/// </summary>
/// <remarks>
/// One thread calls <see cref="Start"/> and <see cref="Observe"/>. Any thread can read the properties. The wall clock is trusted until
/// <see cref="Start"/> is called.
/// </remarks>
internal sealed class TrustedClock(TimeProvider time)
{
    /// <summary>The difference between the clocks above which the wall clock has jumped.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(2);

    /// <summary>The time for which the wall clock must be steady after a jump before it is trusted.</summary>
    public static readonly TimeSpan Probation = TimeSpan.FromMinutes(10);

    /// <summary>The longest plausible downtime. At startup, a clock that is further ahead of the last ingestion has jumped.</summary>
    public static readonly TimeSpan MaxDowntime = TimeSpan.FromDays(30);

    // The years 1970 to 9998, so that calculations with a trusted time stay in the range of DateTimeOffset.
    private static readonly long MaxUs = ToUs(new DateTimeOffset(9999, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private volatile ClockState? _state;
    private bool _jumpedAtStart;

    /// <summary>The trusted time in Unix microseconds.</summary>
    public long NowUs => Us(_state);

    /// <summary>The time of the wall clock in Unix microseconds, limited to the years 1970 to 9998.</summary>
    public long WallUs => Math.Clamp(ToUs(time.GetUtcNow()), 0, MaxUs);

    /// <summary>Whether the wall clock is trusted. While it is not, nothing may be deleted because of its age.</summary>
    public bool IsTrusted => _state is not { } state || (state.Candidate is null && IsNear(WallUs, ExpectedUs(state.Anchor)));

    /// <summary>The time since a new time was accepted after a jump. Null if that has not happened.</summary>
    public TimeSpan? SinceAccepted => _state?.AcceptedAt is { } at ? time.GetElapsedTime(at) : null;

    /// <summary>Begins to observe the clock. A later call begins anew.</summary>
    /// <param name="lastIngestedUs">The last ingestion time in the store, in Unix microseconds. 0 if the store is empty.</param>
    public void Start(long lastIngestedUs)
    {
        if (lastIngestedUs == 0 && _state is not null) return;
        var now = ReadingOf(WallUs);
        var ahead = now.Us - lastIngestedUs;
        _jumpedAtStart = lastIngestedUs > 0 && (ahead < -Us(Tolerance) || ahead > Us(MaxDowntime));
        _state = _jumpedAtStart
            ? new ClockState(new ClockReading(Math.Min(lastIngestedUs, MaxUs), now.Timestamp), now, AcceptedAt: null)
            : new ClockState(now, Candidate: null, AcceptedAt: null);
    }

    /// <summary>Compares the clocks. Call it about once a second.</summary>
    public ClockChange Observe()
    {
        if (_state is not { } state) return ClockChange.None;
        var now = ReadingOf(WallUs);
        if (_jumpedAtStart)
        {
            _jumpedAtStart = false;
            return ClockChange.Jumped;
        }

        return state.Candidate is { } candidate ? ObserveJump(state, candidate, now) : ObserveTrusted(state, now);
    }

    private ClockChange ObserveTrusted(ClockState state, ClockReading now)
    {
        if (!IsNear(now.Us, ExpectedUs(state.Anchor)))
        {
            _state = state with { Candidate = now };
            return ClockChange.Jumped;
        }

        // The anchor follows a clock that is adjusted slowly. It moves rarely, so that many small steps count as a jump.
        if (time.GetElapsedTime(state.Anchor.Timestamp) >= Probation) _state = state with { Anchor = now };
        return ClockChange.None;
    }

    private ClockChange ObserveJump(ClockState state, ClockReading candidate, ClockReading now)
    {
        if (IsNear(now.Us, ExpectedUs(state.Anchor)))
        {
            _state = state with { Candidate = null };
            return ClockChange.Returned;
        }

        if (!IsNear(now.Us, ExpectedUs(candidate)))
        {
            _state = state with { Candidate = now };
            return ClockChange.None;
        }

        if (time.GetElapsedTime(candidate.Timestamp) < Probation) return ClockChange.None;
        _state = new ClockState(now, Candidate: null, AcceptedAt: now.Timestamp);
        return ClockChange.Accepted;
    }

    private long Us(ClockState? state)
    {
        var wall = WallUs;
        if (state is null) return wall;
        var expected = ExpectedUs(state.Anchor);
        return IsNear(wall, expected) ? wall : expected;
    }

    private long ExpectedUs(ClockReading reading) => Math.Min(reading.Us + Us(time.GetElapsedTime(reading.Timestamp)), MaxUs);

    private ClockReading ReadingOf(long us) => new(us, time.GetTimestamp());

    private static bool IsNear(long us, long expectedUs) => Math.Abs(us - expectedUs) <= Us(Tolerance);

    private static long Us(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    private static long ToUs(DateTimeOffset time) => Us(time - DateTimeOffset.UnixEpoch);
}

/// <summary>A wall time and the monotonic timestamp at which it was read.</summary>
internal sealed record ClockReading(long Us, long Timestamp);

/// <summary>The state of the clock comparison.</summary>
/// <param name="Anchor">A trusted time. The trusted time is computed from it.</param>
/// <param name="Candidate">The first reading of the wall clock after its last jump. Null while the wall clock is trusted.</param>
/// <param name="AcceptedAt">The monotonic timestamp at which a new time was accepted after a jump.</param>
internal sealed record ClockState(ClockReading Anchor, ClockReading? Candidate, long? AcceptedAt);

/// <summary>The result of <see cref="TrustedClock.Observe"/>.</summary>
internal enum ClockChange
{
    /// <summary>Nothing has changed.</summary>
    None,

    /// <summary>The wall clock has jumped and is not trusted.</summary>
    Jumped,

    /// <summary>The wall clock shows the expected time again.</summary>
    Returned,

    /// <summary>The new time of the wall clock is accepted and trusted.</summary>
    Accepted,
}
