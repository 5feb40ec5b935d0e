namespace HoodyLogs.AspNetCore.Capture.Data;

/// <summary>
/// The members that a host adds to <c>data</c> of one exchange. Their number and size are limited, and a name is written once. If a member is omitted,
/// <c>data</c> has <c>dataTruncated</c>.
/// </summary>
internal sealed class CustomDataMembers
{
    private const int MaxCount = 64;
    private const int MaxBytes = 32 * 1024;
    private const int MaxNameLength = 128;

    [ThreadStatic]
    private static CustomDataMembers? _free;

    private int _end;
    private int _count;
    private int _memberStart;
    private bool _isOpen;
    private bool _isTruncated;

    private CustomDataMembers(DataWriter data) => Data = data;

    public DataWriter Data { get; private set; }

    /// <summary>Begins the members of an exchange. <see cref="End"/> must follow on the same thread. Reuses an object, so that it costs no allocation.</summary>
    public static CustomDataMembers Begin(DataWriter data)
    {
        var members = _free ?? new CustomDataMembers(data);
        _free = null;
        members.Data = data;
        (members._end, members._count, members._isOpen, members._isTruncated) = (data.Written.Length + MaxBytes, 0, false, false);
        return members;
    }

    /// <summary>Begins a member. Its value and <see cref="EndMember"/> must follow.</summary>
    /// <param name="name">The name.</param>
    /// <param name="valueLength">The minimum length of the value.</param>
    /// <returns>False if the member is omitted.</returns>
    public bool TryBeginMember(string name, int valueLength = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _memberStart = Data.Written.Length;

        // Attempts are counted, not members, so that a host that adds members endlessly does not cause unlimited work.
        var isAllowed = _count < MaxCount && name.Length <= MaxNameLength && !IsReserved(name) && _memberStart + name.Length + valueLength <= _end;
        _count = Math.Min(_count + 1, MaxCount);
        _isOpen = isAllowed && Data.TryName(name);
        _isTruncated |= !_isOpen;
        return _isOpen;
    }

    public void EndMember()
    {
        _isOpen = false;
        if (Data.Written.Length > _end) RemoveMember();
    }

    /// <summary>Notes that a value was truncated.</summary>
    public void SetTruncated() => _isTruncated = true;

    /// <summary>Ends the members of the exchange. Removes a member that the host has not completed because of an exception.</summary>
    public void End()
    {
        if (_isOpen) RemoveMember();
        if (_isTruncated) Data.Name("dataTruncated"u8).Value(true);
        _free = this;
    }

    private void RemoveMember()
    {
        Data.Truncate(_memberStart);
        (_isOpen, _isTruncated) = (false, true);
    }

    /// <summary>Whether the library writes a member of this name itself.</summary>
    private static bool IsReserved(string name) =>
        name is "bytesOut" or "durationMs" or "requestBodyState" or "responseBodyState" or "dataTruncated";
}
