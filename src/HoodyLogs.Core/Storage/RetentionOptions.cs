using HoodyLogs.OptionAttributes;
using Microsoft.Extensions.Options;

namespace HoodyLogs;

/// <summary>Options that limit how long and how much is stored. Section <c>ProxyLogs:Retention</c>. A reload takes effect.</summary>
public sealed class RetentionOptions
{
    /// <summary>Gets or sets the age at which entries are deleted. The age is counted from the ingestion time.</summary>
    /// <value>1 minute to 3,653 days. The default is 7 days.</value>
    [Time("00:01:00", "3653.00:00:00")]
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Gets or sets the maximum number of entries. The oldest are deleted first.</summary>
    /// <value>1 or more, or 0 for no limit. The default is 10,000,000.</value>
    [Number(0, long.MaxValue)]
    public long MaxEntries { get; set; } = 10_000_000;

    /// <summary>
    /// Gets or sets the maximum number of bytes of the database, its write-ahead log and the bodies. The size is checked once a second. The newest
    /// record is kept even if it alone is larger.
    /// </summary>
    /// <value>Bytes, 1,048,576 (1 MiB) or more, or 0 for no limit. The default is 0.</value>
    [Number(1_048_576, long.MaxValue, orZero: true)]
    public long MaxBytes { get; set; }
}

[OptionsValidator]
internal sealed partial class RetentionOptionsValidator : IValidateOptions<RetentionOptions>;
