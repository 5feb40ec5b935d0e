namespace HoodyLogs.Storage.Time;

/// <summary>
/// Decides which time is believed. A wall clock that disagrees with the monotonic clock by more than two minutes has leapt: from then on the time
/// advances by elapsed time only, until the wall clock returns or has agreed with the monotonic clock for ten minutes.
/// </summary>
/// <remarks>
/// One thread calls <see cref="Start"/> and <see cref="Observe"/>. Any thread reads the properties. Until <see cref="Start"/> is called, the wall clock
/// is believed: a store that does not use the guard has no leaps.
/// </remarks>
internal sealed class TrustedClock(TimeProvider time)
{
    /// <summary>A greater difference between the clocks is a leap.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(2);

    /// <summary>How long the wall clock must agree with the monotonic clock before it is believed after a leap.</summary>
    public static readonly TimeSpan Probation = TimeSpan.FromMinutes(10);

    /// <summary>At a start, a clock that is at most this far ahead of the last ingestion is believed: the process was down.</summary>
    public static readonly TimeSpan MaxDowntime = TimeSpan.FromDays(30);

    // The years 1970 to 9998, so that no arithmetic on a believed time leaves the range of DateTimeOffset.
    private static readonly long MaxUs = ToUs(new DateTimeOffset(9999, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private volatile ClockState? _state;
    private bool _jumpedAtStart;

    /// <summary>The believed time, Unix microseconds.</summary>
    public long NowUs => Us(_state);

    /// <summary>The time that the wall clock shows, Unix microseconds, within the years 1970 to 9998.</summary>
    public long WallUs => Math.Clamp(ToUs(time.GetUtcNow()), 0, MaxUs);

    /// <summary>Whether the wall clock is believed. While it is not, nothing may be deleted because of its age.</summary>
    public bool IsTrusted => _state is not { } belief || (belief.Candidate is null && IsNear(WallUs, Expected(belief.Anchor)));

    /// <summary>Whether a new time was believed after a leap, and how long ago.</summary>
    public TimeSpan? SinceAccepted => _state?.AcceptedAt is { } at ? time.GetElapsedTime(at) : null;

    /// <summary>Begins to judge the clock. A later call judges it anew.</summary>
    /// <param name="lastIngestedUs">The last ingestion that the store knows, Unix microseconds; 0 where it knows none.</param>
    public void Start(long lastIngestedUs)
    {
        if (lastIngestedUs == 0 && _state is not null) return;
        var now = Mark(WallUs);
        var ahead = now.Us - lastIngestedUs;
        _jumpedAtStart = lastIngestedUs > 0 && (ahead < -Us(Tolerance) || ahead > Us(MaxDowntime));
        _state = _jumpedAtStart
            ? new ClockState(new ClockReading(Math.Min(lastIngestedUs, MaxUs), now.Timestamp), now, AcceptedAt: null)
            : new ClockState(now, Candidate: null, AcceptedAt: null);
    }

    /// <summary>Compares the clocks. Must be called about once a second.</summary>
    public ClockChange Observe()
    {
        if (_state is not { } belief) return ClockChange.None;
        var now = Mark(WallUs);
        if (_jumpedAtStart)
        {
            _jumpedAtStart = false;
            return ClockChange.Jumped;
        }

        return belief.Candidate is { } candidate ? ObserveJump(belief, candidate, now) : ObserveTrusted(belief, now);
    }

    private ClockChange ObserveTrusted(ClockState belief, ClockReading now)
    {
        if (!IsNear(now.Us, Expected(belief.Anchor)))
        {
            _state = belief with { Candidate = now };
            return ClockChange.Jumped;
        }

        // The anchor follows a clock that is slewed. It does so seldom, so that many small steps are a leap too.
        if (time.GetElapsedTime(belief.Anchor.Timestamp) >= Probation) _state = belief with { Anchor = now };
        return ClockChange.None;
    }

    private ClockChange ObserveJump(ClockState belief, ClockReading candidate, ClockReading now)
    {
        if (IsNear(now.Us, Expected(belief.Anchor)))
        {
            _state = belief with { Candidate = null };
            return ClockChange.Returned;
        }

        if (!IsNear(now.Us, Expected(candidate)))
        {
            _state = belief with { Candidate = now };
            return ClockChange.None;
        }

        if (time.GetElapsedTime(candidate.Timestamp) < Probation) return ClockChange.None;
        _state = new ClockState(now, Candidate: null, AcceptedAt: now.Timestamp);
        return ClockChange.Accepted;
    }

    private long Us(ClockState? belief)
    {
        var wall = WallUs;
        if (belief is null) return wall;
        var expected = Expected(belief.Anchor);
        return IsNear(wall, expected) ? wall : expected;
    }

    private long Expected(ClockReading mark) => Math.Min(mark.Us + Us(time.GetElapsedTime(mark.Timestamp)), MaxUs);

    private ClockReading Mark(long us) => new(us, time.GetTimestamp());

    private static bool IsNear(long us, long expectedUs) => Math.Abs(us - expectedUs) <= Us(Tolerance);

    private static long Us(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    private static long ToUs(DateTimeOffset time) => Us(time - DateTimeOffset.UnixEpoch);
}

/// <summary>A wall time, and the monotonic timestamp at which it was true.</summary>
internal sealed record ClockReading(long Us, long Timestamp);

/// <summary>What is believed.</summary>
/// <param name="Anchor">A time that is right. The believed time goes on from it.</param>
/// <param name="Candidate">What the wall clock showed after its last leap; null while it is believed.</param>
/// <param name="AcceptedAt">The monotonic timestamp at which the clock was last believed after a leap.</param>
internal sealed record ClockState(ClockReading Anchor, ClockReading? Candidate, long? AcceptedAt);

/// <summary>What <see cref="TrustedClock.Observe"/> has found.</summary>
internal enum ClockChange
{
    /// <summary>Nothing has changed.</summary>
    None,

    /// <summary>The wall clock has leapt and is not believed.</summary>
    Jumped,

    /// <summary>The wall clock is back at the time that was believed all along.</summary>
    Returned,

    /// <summary>The new time of the wall clock is believed from now on.</summary>
    Accepted,
}
