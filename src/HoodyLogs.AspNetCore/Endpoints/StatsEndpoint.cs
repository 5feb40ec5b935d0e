using HoodyLogs.Entries;
using HoodyLogs.Queries;
using HoodyLogs.Storage;
using HoodyLogs.Tenancy;
using HoodyLogs.Writing;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints;

/// <summary><c>GET {prefix}/_logs/stats</c>: counts by each dimension (decision S1).</summary>
internal sealed class StatsEndpoint(ILogStore store, LogQueue queue)
{
    private static readonly EntryLevel[] Levels = [EntryLevel.Info, EntryLevel.Warn, EntryLevel.Error, EntryLevel.Debug];

    public async Task HandleAsync(HttpContext context, LogScope scope)
    {
        var query = new QueryReader(context.Request.Query);
        var filter = LogFilterBinding.ReadDocumented(query);
        foreach (var name in LogFilterBinding.RecordFilters) query.RefusePresent(name, "by the statistics");
        if (query.Fault is { } fault)
        {
            await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, fault).ConfigureAwait(false);
            return;
        }

        await queue.CatchUpAsync(context.RequestAborted).ConfigureAwait(false);
        var stats = await store.GetStatsAsync(scope, filter, context.RequestAborted).ConfigureAwait(false);
        using var buffer = new ResponseBuffer();
        Write(buffer, stats);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.Length;
        await buffer.SendAsync(context).ConfigureAwait(false);
    }

    private static void Write(ResponseBuffer buffer, LogStats stats)
    {
        var json = new Utf8Emitter(buffer);
        json.Raw("{\"total\":"u8);
        json.Number(stats.Total);
        var separator = ",\"byLevel\":{\""u8;
        foreach (var level in Levels)
        {
            json.Raw(separator);
            json.Raw(EntryNames.Of(level));
            json.Raw("\":"u8);
            json.Number(stats.ByLevel.GetValueOrDefault(level));
            separator = ",\""u8;
        }

        Counts(ref json, "},\"byProject\":{"u8, stats.ByProject);
        Counts(ref json, "},\"byContainer\":{"u8, stats.ByContainer);
        Counts(ref json, "},\"byService\":{"u8, stats.ByService);
        json.Raw("}}"u8);
        json.Complete();
    }

    private static void Counts(ref Utf8Emitter json, ReadOnlySpan<byte> name, IReadOnlyDictionary<string, long> counts)
    {
        json.Raw(name);
        var separator = "\""u8;
        foreach (var (value, count) in counts.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (count == 0) continue;
            json.Raw(separator);
            json.Escaped(value);
            json.Raw("\":"u8);
            json.Number(count);
            separator = ",\""u8;
        }
    }
}
