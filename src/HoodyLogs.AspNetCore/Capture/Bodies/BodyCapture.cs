using HoodyLogs.AspNetCore.Capture.Exchanges;


namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>Takes down the beginning of one body. Whether at all is decided at its first byte, when endpoint and content type are known.</summary>
internal struct BodyCapture
{
    private bool _decided;
    private bool _capped;
    private PooledBytes? _bytes;

    /// <summary>Of a body that is not taken down.</summary>
    public static BodyCapture Refused => new() { _decided = true, State = BodyState.Redacted };

    /// <summary>What is known before the end: <see cref="BodyState.Full"/> while it is being taken down.</summary>
    public BodyState State { get; private set; }

    public readonly bool IsCapped => _capped;

    public readonly PooledBytes? Bytes => _bytes;

    /// <summary>Decides, unless that is done already.</summary>
    public void Decide(Exchange exchange, bool isRequest)
    {
        if (_decided) return;
        _decided = true;
        State = exchange.Rules.Bodies.Decide(exchange, isRequest);
    }

    public void Append(ReadOnlySpan<byte> bytes, Exchange exchange)
    {
        if (State != BodyState.Full || _capped) return;
        _bytes ??= new PooledBytes(exchange.BodyBudget);
        _capped = !_bytes.TryAppend(bytes, exchange.Rules.Bodies.MaxBytes);
        if (_bytes.IsRefused) _bytes.Budget.Memory.NoteRefused();
    }

    /// <summary>Lets go what was taken down: it was never sent.</summary>
    public void Discard()
    {
        Detach()?.Dispose();
        _capped = false;
    }

    /// <summary>Gives the bytes to whoever goes on with them.</summary>
    public PooledBytes? Detach()
    {
        var bytes = _bytes;
        _bytes = null;
        return bytes;
    }
}
