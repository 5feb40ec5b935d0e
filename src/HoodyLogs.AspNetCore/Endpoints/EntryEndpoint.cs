using System.Globalization;
using HoodyLogs.AspNetCore.Endpoints.Parameters;
using HoodyLogs.AspNetCore.Endpoints.Responses;
using HoodyLogs.Writing.Queue;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace HoodyLogs.AspNetCore.Endpoints;

/// <summary><c>GET {prefix}/_logs/{id}</c>: one entry with its bodies.</summary>
internal sealed class EntryEndpoint(ILogStore store, LogQueue queue, ResponseBufferFactory buffers)
{
    public async Task HandleAsync(HttpContext context, LogScope scope, QueryParameters query)
    {
        using var buffer = buffers.Create();
        if (!TryGetId(context, out var id) || !await FindAsync(context, scope, id, buffer).ConfigureAwait(false))
        {
            await ApiError.WriteAsync(context, StatusCodes.Status404NotFound, "There is no such log entry").ConfigureAwait(false);
            return;
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.Length;
        await buffer.SendAsync(context).ConfigureAwait(false);
    }

    private async ValueTask<bool> FindAsync(HttpContext context, LogScope scope, long id, ResponseBuffer buffer)
    {
        await queue.WaitForCommitAsync(context.RequestAborted).ConfigureAwait(false);
        return await store.FindAsync(scope, id, Write, context.RequestAborted).ConfigureAwait(false);

        void Write(in LogEntryView entry) => LogEntryJson.Write(buffer, entry);
    }

    private static bool TryGetId(HttpContext context, out long id) =>
        long.TryParse(context.GetRouteValue("id") as string, NumberStyles.None, CultureInfo.InvariantCulture, out id);
}
