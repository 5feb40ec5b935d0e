using HoodyLogs.AspNetCore.Access;
using HoodyLogs.Tenancy;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints;

/// <summary><c>GET {prefix}/_logs/stream</c>: the live tail over SSE.</summary>
internal sealed class StreamEndpoint(LogLimits limits)
{
    public async Task HandleAsync(HttpContext context, LogScope scope)
    {
        var query = new QueryReader(context.Request.Query);
        _ = LogFilterBinding.Read(query);
        if (query.Fault is { } fault)
        {
            await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, fault).ConfigureAwait(false);
            return;
        }

        using var stream = limits.TryOpenStream(scope);
        await (stream is null
            ? ApiError.TooManyAsync(context, LogLimits.StreamRetryAfter, LogLimits.StreamRefused)
            : ApiError.WriteAsync(context, StatusCodes.Status501NotImplemented, "Not served yet")).ConfigureAwait(false);
    }
}
