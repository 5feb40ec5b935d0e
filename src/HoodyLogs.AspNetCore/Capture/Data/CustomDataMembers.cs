namespace HoodyLogs.AspNetCore.Capture.Data;

/// <summary>The members that a host adds to <c>data</c> of one exchange: bounded, each name once. What is left out, <c>dataTruncated</c> says.</summary>
internal sealed class CustomDataMembers(DataWriter data)
{
    private const int MaxCount = 64;
    private const int MaxBytes = 32 * 1024;
    private const int MaxName = 128;

    private int _end;
    private int _count;
    private int _began;
    private bool _isOpen;
    private bool _leftOut;

    /// <summary>Begins with an exchange.</summary>
    public void Begin() => (_end, _count, _isOpen, _leftOut) = (data.Written.Length + MaxBytes, 0, false, false);

    /// <summary>Begins a member; its value and <see cref="EndMember"/> must follow.</summary>
    /// <param name="name">The name.</param>
    /// <param name="valueLength">The least that the value takes.</param>
    /// <returns>False where it is left out.</returns>
    public bool TryBeginMember(string name, int valueLength = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _began = data.Written.Length;

        // Tries count, not members: otherwise a host that adds without end would keep trying without end.
        var isAdded = _count < MaxCount && name.Length <= MaxName && !IsReserved(name) && _began + name.Length + valueLength <= _end;
        _count = Math.Min(_count + 1, MaxCount);
        _isOpen = isAdded && data.TryName(name);
        _leftOut |= !_isOpen;
        return _isOpen;
    }

    public void EndMember()
    {
        _isOpen = false;
        if (data.Written.Length > _end) TakeBack();
    }

    /// <summary>Notes that a value was cut.</summary>
    public void Cut() => _leftOut = true;

    /// <summary>Ends the exchange's members, also where the host failed within one.</summary>
    public void End()
    {
        if (_isOpen) TakeBack();
        if (_leftOut) data.Name("dataTruncated"u8).Value(true);
    }

    private void TakeBack()
    {
        data.TakeBack(_began);
        (_isOpen, _leftOut) = (false, true);
    }

    /// <summary>Names that are written beside the members of a <see cref="DataWriter"/>.</summary>
    private static bool IsReserved(string name) =>
        name is "bytesOut" or "durationMs" or "requestBodyState" or "responseBodyState" or "dataTruncated";
}
