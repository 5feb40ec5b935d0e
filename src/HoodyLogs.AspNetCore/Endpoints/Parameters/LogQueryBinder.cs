namespace HoodyLogs.AspNetCore.Endpoints.Parameters;

/// <summary>The parameters of a list that is not fanned out.</summary>
/// <param name="Query">The query for the store.</param>
/// <param name="ReturnsOffsetFromStart">
/// Whether the <c>offset</c> of the answer is the position of the last N entries among all matches, because <c>last</c> came without limit and offset.
/// </param>
internal readonly record struct ListRequest(LogQuery Query, bool ReturnsOffsetFromStart);

/// <summary>Binds the query string of the list route.</summary>
internal static class LogQueryBinder
{
    /// <summary>The maximum <c>limit</c> of a fanned-out read.</summary>
    public const int MaxFanoutLimit = 100_000;

    /// <summary>Reads the parameters of a list that is not fanned out.</summary>
    /// <param name="query">The query string. Check its error before the result is used.</param>
    /// <param name="maxLimit">The maximum of <c>limit</c> and <c>last</c>.</param>
    public static ListRequest Bind(QueryParameters query, int maxLimit)
    {
        var filter = ApiParameters.BindFilter(query);
        var limit = (int?)query.GetInteger("limit", 1, maxLimit);
        var last = (int?)query.GetInteger("last", 1, maxLimit);
        var offset = query.GetInteger("offset", 0, long.MaxValue);
        var afterId = query.GetInteger("afterId", 0, long.MaxValue);
        var beforeId = query.GetInteger("beforeId", 0, long.MaxValue);
        var isDescendingByDefault = beforeId is not null && afterId is null && last is null;
        var descending = IsDescending(query, isDescendingByDefault, ascendingOnlyWith: last is not null ? "last" : afterId is not null ? "afterId" : null);
        query.RejectIfPresent("cursor", "on a read that is not fanned out");
        return new ListRequest(
            new LogQuery
            {
                Filter = filter,
                Limit = limit ?? last ?? ApiParameters.DefaultLimit,
                Offset = offset ?? 0,
                Last = last,
                AfterId = afterId,
                BeforeId = beforeId,
                Descending = descending,
                IncludeRequestBody = query.GetBoolean("includeRequestBody"),
                IncludeResponseBody = query.GetBoolean("includeResponseBody"),
            },
            ReturnsOffsetFromStart: last is not null && limit is null && offset is null);
    }

    /// <summary>Reads the parameters of a fanned-out list, except for <c>cursor</c>.</summary>
    /// <param name="query">The query string. Check its error before the result is used.</param>
    public static LogQuery BindFanout(QueryParameters query)
    {
        if (query.GetInteger("offset", 0, long.MaxValue) is { } offset and not 0) query.AddInvalid("offset", $"{offset}", "only 0 on a fanned-out read");
        query.RejectIfPresent("last", "on a fanned-out read");
        query.RejectIfPresent("order", "on a fanned-out read");
        return new LogQuery
        {
            Filter = ApiParameters.BindFilter(query),
            Limit = (int?)query.GetInteger("limit", 1, MaxFanoutLimit) ?? ApiParameters.DefaultLimit,
            AfterId = query.GetInteger("afterId", 0, long.MaxValue),
            BeforeId = query.GetInteger("beforeId", 0, long.MaxValue),
            IncludeRequestBody = query.GetBoolean("includeRequestBody"),
            IncludeResponseBody = query.GetBoolean("includeResponseBody"),
            CountTotal = false,
        };
    }

    private static bool IsDescending(QueryParameters query, bool byDefault, string? ascendingOnlyWith)
    {
        if (query.GetText("order") is not { } order) return byDefault;
        if (order.Equals("asc", StringComparison.OrdinalIgnoreCase)) return false;
        if (!order.Equals("desc", StringComparison.OrdinalIgnoreCase)) query.AddInvalid("order", order, "asc or desc");
        else if (ascendingOnlyWith is not null) query.AddInvalid("order", order, $"only asc together with '{ascendingOnlyWith}'");
        return true;
    }
}
