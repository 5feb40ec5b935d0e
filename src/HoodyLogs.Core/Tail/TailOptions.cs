using HoodyLogs.OptionAttributes;
using Microsoft.Extensions.Options;

namespace HoodyLogs;

/// <summary>Options of the live tail. Section <c>ProxyLogs:Tail</c>.</summary>
public sealed class TailOptions
{
    /// <summary>Gets or sets the number of the newest entries that are held in memory for tails.</summary>
    /// <value>16 to 1,000,000. The default is 5,000. A change takes effect after a restart.</value>
    [Number(16, 1_000_000), RestartOnly]
    public int RingEntries { get; set; } = 5_000;

    /// <summary>Gets or sets the longest silence on a stream before a heartbeat is sent.</summary>
    /// <value>1 to 15 seconds. The default is 15 seconds. A reload takes effect for streams that begin afterwards.</value>
    [Time("00:00:01", "00:00:15")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);
}

[OptionsValidator]
internal sealed partial class TailOptionsValidator : IValidateOptions<TailOptions>;
