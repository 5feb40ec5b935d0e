using HoodyLogs.AspNetCore.Capture.Data;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore;

/// <summary>Adds members to <c>data</c> of a response entry. Valid only during the call of <see cref="CaptureOptions.Enrich"/>.</summary>
/// <remarks>
/// Values are not redacted. An exchange can have 64 members with 32 KiB of JSON; further members are omitted. A member is also omitted if its name is longer
/// than 128 characters, is already used, or is written by the library. If a member is omitted or a value is truncated, <c>data</c> has
/// <c>"dataTruncated":true</c>.
/// </remarks>
public readonly ref struct ExchangeData
{
    private readonly CustomDataMembers _members;

    internal ExchangeData(CustomDataMembers members, long arrivedAt, TimeSpan duration) => (_members, ArrivedAt, Duration) = (members, arrivedAt, duration);

    /// <summary>Gets when the exchange arrived, as a timestamp of the host's <see cref="TimeProvider"/>.</summary>
    public long ArrivedAt { get; }

    /// <summary>Gets the time from the arrival of the exchange to the end of its response.</summary>
    public TimeSpan Duration { get; }

    /// <summary>Adds a text. Adds nothing if the value is null.</summary>
    /// <param name="name">The name of the member; not empty.</param>
    /// <param name="value">The text. Only the first 8 192 characters are stored.</param>
    public void Add(string name, string? value)
    {
        if (value is null) return;
        var text = TextLimits.Truncate(value, TextLimits.Long);
        if (!_members.TryBeginMember(name, text.Length)) return;
        if (text.Length < value.Length) _members.SetTruncated();
        _members.Data.Value(text);
        _members.EndMember();
    }

    /// <summary>Adds a number.</summary>
    /// <param name="name">The name of the member; not empty.</param>
    /// <param name="value">The number.</param>
    public void Add(string name, long value)
    {
        if (!_members.TryBeginMember(name)) return;
        _members.Data.Value(value);
        _members.EndMember();
    }

    /// <summary>Adds true or false.</summary>
    /// <param name="name">The name of the member; not empty.</param>
    /// <param name="value">The value.</param>
    public void Add(string name, bool value)
    {
        if (!_members.TryBeginMember(name)) return;
        _members.Data.Value(value);
        _members.EndMember();
    }

    /// <summary>Adds a time in milliseconds with three decimals.</summary>
    /// <param name="name">The name of the member, which should end in <c>Ms</c>; not empty.</param>
    /// <param name="value">The time. A negative time is stored as 0.</param>
    public void Add(string name, TimeSpan value)
    {
        if (!_members.TryBeginMember(name)) return;
        _members.Data.Value(value);
        _members.EndMember();
    }
}
