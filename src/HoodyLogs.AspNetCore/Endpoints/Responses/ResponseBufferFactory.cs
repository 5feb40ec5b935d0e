using HoodyLogs.AspNetCore.Endpoints.Options;
using HoodyLogs.Configuration;

namespace HoodyLogs.AspNetCore.Endpoints.Responses;

/// <summary>Creates the buffers of responses and counts the memory that they hold.</summary>
internal sealed class ResponseBufferFactory(ILastGoodOptions<IEndpointSettings> options, TimeProvider time)
{
    /// <summary>The size at which a response sends what it has buffered, in bytes. The next part is read after the client has received this one.</summary>
    public const int FlushThresholdBytes = 256 * 1024;

    private readonly BufferedByteCounter _buffered = new();

    /// <summary>The pooled memory that all buffers hold, in bytes.</summary>
    public long BufferedBytes => _buffered.Value;

    public ResponseBuffer Create() => new(_buffered, () => options.Current.Limits.SendTimeout, time);
}
