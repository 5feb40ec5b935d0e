using HoodyLogs.AspNetCore.Capture.Open;
using HoodyLogs.AspNetCore.Endpoints.Options;
using HoodyLogs.AspNetCore.Endpoints.Parameters;
using HoodyLogs.AspNetCore.Endpoints.Responses;
using HoodyLogs.Configuration;
using HoodyLogs.Entries;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints;

/// <summary>
/// <c>GET {prefix}/_logs/open</c>: the exchanges that have been in progress for more than a second. They come from memory, so the route works while
/// the store is failing.
/// </summary>
internal sealed class OpenExchangesEndpoint(OpenExchanges open, ILastGoodOptions<IEndpointSettings> options, ResponseBufferFactory buffers)
{
    private static readonly TimeSpan MinAge = TimeSpan.FromSeconds(1);

    public async Task HandleAsync(HttpContext context, LogScope scope, QueryParameters query)
    {
        var filter = ApiParameters.BindFilter(query);
        var limit = (int?)query.GetInteger("limit", 1, options.Current.MaxLimit) ?? ApiParameters.DefaultLimit;
        if (query.Error is { } error)
        {
            await ApiError.WriteBadRequestAsync(context, error).ConfigureAwait(false);
            return;
        }

        using var buffer = buffers.Create();
        context.Response.ContentType = "application/json";
        await WriteAsync(context, buffer, scope, filter, limit).ConfigureAwait(false);
        await buffer.CompleteAsync(context).ConfigureAwait(false);
    }

    private async ValueTask WriteAsync(HttpContext context, ResponseBuffer buffer, LogScope scope, LogFilter filter, int limit)
    {
        buffer.Append("{\"entries\":["u8);
        var (total, shown) = (0, 0);
        foreach (var (age, exchange) in open.OlderThan(MinAge))
        {
            context.RequestAborted.ThrowIfCancellationRequested();

            // Routing may have chosen the endpoint after the exchange was opened.
            if (exchange.Policy.Excludes(exchange.Endpoint) || !OpenExchangeEntry.MayBeIn(scope, exchange)) continue;
            var series = OpenExchangeEntry.SeriesOf(exchange);
            if (filter.PartsOf(scope, series) == RecordParts.None) continue;
            var record = shown < limit || filter.RequiresScan ? OpenExchangeEntry.Create(exchange, series, age) : null;
            if (filter.RequiresScan && !Matches(filter, record!)) continue;
            if (total++ >= limit) continue;
            if (shown++ > 0) buffer.Append(","u8);
            RecordEntryViews.Visit(record!, RecordParts.First, forAdmin: scope.IsAll, (in LogEntryView entry) => LogEntryJson.WriteWithoutId(buffer, entry));
            if (buffer.Length >= ResponseBufferFactory.FlushThresholdBytes) await buffer.SendAsync(context).ConfigureAwait(false);
        }

        WriteEnd(buffer, total);
    }

    private static void WriteEnd(ResponseBuffer buffer, int total)
    {
        var json = new Utf8JsonFragmentWriter(buffer);
        json.Raw("],\"total\":"u8);
        json.Number(total);
        json.Raw("}"u8);
        json.Complete();
    }

    private static bool Matches(LogFilter filter, LogRecord record)
    {
        var matches = false;
        RecordEntryViews.Visit(record, RecordParts.First, forAdmin: false, (in LogEntryView entry) => matches = filter.Matches(entry));
        return matches;
    }
}
