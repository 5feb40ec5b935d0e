using HoodyLogs.AspNetCore.Endpoints.Parameters;
using HoodyLogs.AspNetCore.Endpoints.Responses;
using HoodyLogs.Entries;
using HoodyLogs.Writing.Queue;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints;

/// <summary><c>GET {prefix}/_logs/stats</c>: counts by level, project, container and service.</summary>
internal sealed class StatsEndpoint(ILogStore store, LogQueue queue, ResponseBufferFactory buffers)
{
    private static readonly EntryLevel[] Levels = [EntryLevel.Info, EntryLevel.Warn, EntryLevel.Error, EntryLevel.Debug];

    public async Task HandleAsync(HttpContext context, LogScope scope, QueryParameters query)
    {
        var filter = ApiParameters.BindFilter(query);
        if (query.Error is { } error)
        {
            await ApiError.WriteBadRequestAsync(context, error).ConfigureAwait(false);
            return;
        }

        await queue.WaitForCommitAsync(context.RequestAborted).ConfigureAwait(false);
        var stats = await store.GetStatsAsync(scope, filter, context.RequestAborted).ConfigureAwait(false);
        using var buffer = buffers.Create();
        context.Response.ContentType = "application/json";
        WriteTotals(buffer, stats);
        await WriteCountsAsync(context, buffer, "byProject", stats.ByProject).ConfigureAwait(false);
        await WriteCountsAsync(context, buffer, "byContainer", stats.ByContainer).ConfigureAwait(false);
        await WriteCountsAsync(context, buffer, "byService", stats.ByService).ConfigureAwait(false);
        buffer.Append("}"u8);
        await buffer.CompleteAsync(context).ConfigureAwait(false);
    }

    private static bool IsSorted(string[] names)
    {
        for (var i = 1; i < names.Length; i++)
        {
            if (string.CompareOrdinal(names[i - 1], names[i]) > 0) return false;
        }

        return true;
    }

    private static void WriteTotals(ResponseBuffer buffer, LogStats stats)
    {
        var json = new Utf8JsonFragmentWriter(buffer);
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

        json.Raw("}"u8);
        json.Complete();
    }

    /// <summary>Writes a member with the counts of all names. It sends in parts, because there may be many thousands.</summary>
    private static async ValueTask WriteCountsAsync(
        HttpContext context, ResponseBuffer buffer, string member, IReadOnlyDictionary<string, long> counts)
    {
        var names = counts.Where(pair => pair.Value > 0).Select(pair => pair.Key).ToArray();
        if (!IsSorted(names)) Array.Sort(names, StringComparer.Ordinal);
        WriteMemberStart(buffer, member);
        for (var next = 0; next < names.Length;)
        {
            next = WriteCounts(buffer, names, next, counts);
            if (next < names.Length) await buffer.SendAsync(context).ConfigureAwait(false);
        }

        buffer.Append("}"u8);
    }

    private static void WriteMemberStart(ResponseBuffer buffer, string member)
    {
        var json = new Utf8JsonFragmentWriter(buffer);
        json.Raw(",\""u8);
        json.Escaped(member);
        json.Raw("\":{"u8);
        json.Complete();
    }

    /// <returns>The index of the first name that was not written because the buffer is full.</returns>
    private static int WriteCounts(ResponseBuffer buffer, string[] names, int from, IReadOnlyDictionary<string, long> counts)
    {
        for (var at = from; at < names.Length; at++)
        {
            if (buffer.Length >= ResponseBufferFactory.FlushThresholdBytes) return at;
            var json = new Utf8JsonFragmentWriter(buffer);
            json.Raw(at == 0 ? "\""u8 : ",\""u8);
            json.Escaped(names[at]);
            json.Raw("\":"u8);
            json.Number(counts[names[at]]);
            json.Complete();
        }

        return names.Length;
    }
}
