namespace HoodyLogs.Writing;

/// <summary>The delay between retries: 100 ms after the first failure, doubled after each further one, at most 30 s.</summary>
internal sealed class RetryBackoff(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private long _failedAt;

    /// <summary>The delay since the last failure. Zero if nothing has failed.</summary>
    public TimeSpan Current { get; private set; }

    public bool IsDue => time.GetElapsedTime(_failedAt) >= Current;

    public void Failed()
    {
        _failedAt = time.GetTimestamp();
        Current = Current == TimeSpan.Zero ? First : Current * 2 < Longest ? Current * 2 : Longest;
    }

    public void Succeeded() => Current = TimeSpan.Zero;
}
