namespace HoodyLogs.AspNetCore.Capture;

/// <summary>Takes what a host knows about an exchange into <c>data</c> of its response entry (decision E6). Valid only during the call.</summary>
/// <remarks>Values are stored as given: nothing is redacted here. Give each name once.</remarks>
public readonly ref struct ExchangeData
{
    private readonly DataWriter _data;

    internal ExchangeData(DataWriter data) => _data = data;

    /// <summary>Adds a text; nothing where it is null.</summary>
    /// <param name="name">The name of the member.</param>
    /// <param name="value">At most 8 192 characters; what is longer is cut.</param>
    public void Add(string name, string? value)
    {
        if (value is not null) _data.Name(name).Value(Bounded.Text(value, Bounded.Long));
    }

    /// <summary>Adds a number.</summary>
    /// <param name="name">The name of the member.</param>
    /// <param name="value">The number.</param>
    public void Add(string name, long value) => _data.Name(name).Value(value);

    /// <summary>Adds true or false.</summary>
    /// <param name="name">The name of the member.</param>
    /// <param name="value">The value.</param>
    public void Add(string name, bool value) => _data.Name(name).Value(value);

    /// <summary>Adds a time in milliseconds with its fraction, to the microsecond.</summary>
    /// <param name="name">The name of the member, which should end in <c>Ms</c>.</param>
    /// <param name="value">The time; negative ones count as none.</param>
    public void Add(string name, TimeSpan value) => _data.Name(name).Value(value);
}
