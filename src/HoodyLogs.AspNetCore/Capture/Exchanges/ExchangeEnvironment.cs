using HoodyLogs.AspNetCore.Capture.Bodies;
using HoodyLogs.AspNetCore.Capture.Diagnostics;
using HoodyLogs.AspNetCore.Capture.Scopes;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>What the exchanges of a host share.</summary>
internal sealed class ExchangeEnvironment(CaptureFailures failures, TimeProvider time, CancellationToken hostStopping)
{
    public CaptureFailures Failures { get; } = failures;

    public TimeProvider Time { get; } = time;

    public ExchangeScopeResolver Scopes { get; } = new(failures);

    public BodyMemory BodyMemory { get; } = new();

    public bool IsHostStopping => hostStopping.IsCancellationRequested;
}
