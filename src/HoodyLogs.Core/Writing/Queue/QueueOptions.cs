using HoodyLogs.OptionAttributes;
using Microsoft.Extensions.Options;

namespace HoodyLogs;

/// <summary>Options of the queue between requests and the writer. Section <c>ProxyLogs:Queue</c>. Changes take effect after a restart.</summary>
public sealed class QueueOptions
{
    /// <summary>Gets or sets the maximum number of records in the queue.</summary>
    /// <value>1 to 10,000,000. The default is 65,536.</value>
    [Number(1, 10_000_000)]
    public int Capacity { get; set; } = 65_536;

    /// <summary>Gets or sets the maximum number of bytes of the records in the queue, bodies included.</summary>
    /// <value>Bytes, 65,536 (64 KiB) to 17,179,869,184 (16 GiB). The default is 67,108,864 (64 MiB).</value>
    [Number(65_536, 17_179_869_184)]
    public long MaxBytes { get; set; } = 67_108_864;

    /// <summary>Gets or sets what happens to a record when the queue is full.</summary>
    /// <value>The default is <see cref="QueueFullMode.Drop"/>.</value>
    [Choice<QueueFullMode>]
    public QueueFullMode WhenFull { get; set; }
}

[OptionsValidator]
internal sealed partial class QueueOptionsValidator : IValidateOptions<QueueOptions>;
