using HoodyLogs.AspNetCore.Capture.Diagnostics;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>Captures the first bytes of one body. Decides at its first byte whether it is captured, because its endpoint and content type are known then.</summary>
internal struct BodyCapture
{
    private bool _isDecided;
    private PooledBytes? _bytes;

    /// <summary><see cref="BodyState.Full"/> while the body is captured, else the reason why it is not.</summary>
    public BodyState State { get; private set; }

    /// <summary>Whether the body has more bytes than are captured.</summary>
    public bool IsCapped { get; private set; }

    /// <summary>Decides whether the body is captured, unless that is decided.</summary>
    public void Decide(IBodyOwner owner, bool isRequest)
    {
        if (_isDecided) return;
        _isDecided = true;
        State = owner.DecideBody(isRequest);
    }

    /// <summary>Decides whether the body is captured, and captures the bytes if it is. Does not throw: the body is not stored after a failure.</summary>
    public void Append(ReadOnlySpan<byte> bytes, IBodyOwner owner, bool isRequest)
    {
        try
        {
            Decide(owner, isRequest);
            if (bytes.IsEmpty || State != BodyState.Full || IsCapped) return;
            _bytes ??= new PooledBytes(owner.CreateBodyBudget());
            IsCapped = !_bytes.TryAppend(bytes, owner.BodyPolicy.MaxBytes);
            if (_bytes.IsRefused) _bytes.Budget.Memory.CountRefused();
        }
#pragma warning disable CA1031 // capture must not fail the application that transfers a body
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Close(owner.Failures);
            owner.Failures.Report(exception, "Capturing a body");
        }
    }

    /// <summary>Discards the captured bytes of a body that is never sent.</summary>
    public void Discard()
    {
        Detach()?.Dispose();
        IsCapped = false;
    }

    /// <summary>Discards the captured bytes and captures nothing more. Does not throw.</summary>
    public void Close(CaptureFailures failures)
    {
        try
        {
            Discard();
        }
#pragma warning disable CA1031 // capture must not fail an exchange
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failures.Report(exception, "Giving back the memory of a body");
        }

        this = new BodyCapture { _isDecided = true, State = BodyState.Redacted };
    }

    /// <summary>Passes the captured bytes to the caller, who disposes them.</summary>
    public PooledBytes? Detach()
    {
        var bytes = _bytes;
        _bytes = null;
        return bytes;
    }
}
