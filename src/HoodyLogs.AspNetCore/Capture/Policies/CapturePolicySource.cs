using HoodyLogs.Configuration;

namespace HoodyLogs.AspNetCore.Capture.Policies;

/// <summary>Provides the capture policy in force. A reload of the options replaces it.</summary>
internal sealed class CapturePolicySource : IDisposable
{
    private readonly IDisposable _reload;
    private volatile CapturePolicy _current;

    private CapturePolicySource(CapturePolicy initial, Func<Action<CapturePolicy>, IDisposable> subscribe)
    {
        _current = initial;
        _reload = subscribe(policy => _current = policy);
    }

    public CapturePolicy Current => _current;

    /// <summary>Creates a source from options of any type.</summary>
    public static CapturePolicySource Create<TOptions>(ILastGoodOptions<TOptions> options, Func<TOptions, CapturePolicy> createPolicy) =>
        new(createPolicy(options.Current), apply => options.OnChange(changed => apply(createPolicy(changed))));

    public void Dispose() => _reload.Dispose();
}
