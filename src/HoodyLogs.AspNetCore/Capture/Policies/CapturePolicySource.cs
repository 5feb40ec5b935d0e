using HoodyLogs.AspNetCore.Capture.Options;
using HoodyLogs.Configuration;

namespace HoodyLogs.AspNetCore.Capture.Policies;

/// <summary>Provides the capture policy in force. A reload of the options replaces it.</summary>
internal sealed class CapturePolicySource : IDisposable
{
    private readonly IDisposable _reload;
    private volatile CapturePolicy _current;

    public CapturePolicySource(ILastGoodOptions<ICaptureSettings> options)
    {
        _current = new CapturePolicy(options.Current);
        _reload = options.OnChange(changed => _current = new CapturePolicy(changed));
    }

    public CapturePolicy Current => _current;

    public void Dispose() => _reload.Dispose();
}
