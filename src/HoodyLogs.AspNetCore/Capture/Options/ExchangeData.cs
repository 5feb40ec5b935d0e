using HoodyLogs.AspNetCore.Capture.Data;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore;

/// <summary>Takes what a host knows about an exchange into <c>data</c> of its response entry (decision E6). Valid only during the call.</summary>
/// <remarks>
/// Values are stored as given: nothing is redacted here. An exchange takes 64 members and 32 KiB of JSON; calls beyond that are ignored. Names have at most 128
/// characters and are given once: a second member of a name, or one of a name that the library writes itself, is left out. Where anything was left out or cut,
/// <c>data</c> has <c>"dataTruncated":true</c>.
/// </remarks>
public readonly ref struct ExchangeData
{
    private readonly DataWriter _data;

    internal ExchangeData(DataWriter data, long arrivedAt, TimeSpan duration) => (_data, ArrivedAt, Duration) = (data, arrivedAt, duration);

    /// <summary>Gets when the exchange arrived, as a timestamp of the host's <see cref="TimeProvider"/>.</summary>
    public long ArrivedAt { get; }

    /// <summary>Gets the time from the arrival of the exchange to the end of its response.</summary>
    public TimeSpan Duration { get; }

    /// <summary>Adds a text; nothing where it is null.</summary>
    /// <param name="name">The name of the member; not empty.</param>
    /// <param name="value">At most 8 192 characters; what is longer is cut.</param>
    public void Add(string name, string? value)
    {
        if (value is null) return;
        var text = TextLimits.Truncate(value, TextLimits.Long);
        if (!_data.Members.TryBeginMember(name, text.Length)) return;
        if (text.Length < value.Length) _data.Members.Cut();
        _data.Value(text);
        _data.Members.EndMember();
    }

    /// <summary>Adds a number.</summary>
    /// <param name="name">The name of the member; not empty.</param>
    /// <param name="value">The number.</param>
    public void Add(string name, long value)
    {
        if (!_data.Members.TryBeginMember(name)) return;
        _data.Value(value);
        _data.Members.EndMember();
    }

    /// <summary>Adds true or false.</summary>
    /// <param name="name">The name of the member; not empty.</param>
    /// <param name="value">The value.</param>
    public void Add(string name, bool value)
    {
        if (!_data.Members.TryBeginMember(name)) return;
        _data.Value(value);
        _data.Members.EndMember();
    }

    /// <summary>Adds a time in milliseconds with its fraction, to the microsecond.</summary>
    /// <param name="name">The name of the member, which should end in <c>Ms</c>; not empty.</param>
    /// <param name="value">The time; negative ones count as none.</param>
    public void Add(string name, TimeSpan value)
    {
        if (!_data.Members.TryBeginMember(name)) return;
        _data.Value(value);
        _data.Members.EndMember();
    }
}
