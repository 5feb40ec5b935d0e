namespace HoodyLogs.AspNetCore.Endpoints.Parameters;

/// <summary>The paging of a scoped list, as a query string gives it (decisions L3, L5 and L7).</summary>
internal static class LogQueryBinder
{
    /// <summary>The documented default of <c>limit</c>.</summary>
    public const int DefaultLimit = 200;

    /// <summary>Reads what a scoped list takes.</summary>
    /// <param name="query">The parameters; tell their fault first.</param>
    /// <param name="maxLimit">The greatest <c>limit</c> and <c>last</c>.</param>
    public static ListRequest Read(QueryParameters query, int maxLimit)
    {
        var filter = LogFilterBinder.Read(query);
        var limit = (int?)query.Integer("limit", 1, maxLimit);
        var last = (int?)query.Integer("last", 1, maxLimit);
        var offset = query.Integer("offset", 0, long.MaxValue);
        var afterId = query.Integer("afterId", 0, long.MaxValue);
        var beforeId = query.Integer("beforeId", 0, long.MaxValue);
        var isMirror = beforeId is not null && afterId is null && last is null;
        var descending = IsDescending(query, isMirror, whyNot: last is not null ? "last" : afterId is not null ? "afterId" : null);
        query.RefusePresent("cursor", "on a read that is not fanned out");
        return new ListRequest(
            new LogQuery
            {
                Filter = filter,
                Limit = limit ?? last ?? DefaultLimit,
                Offset = offset ?? 0,
                Last = last,
                AfterId = afterId,
                BeforeId = beforeId,
                Descending = descending,
                IncludeRequestBody = query.Boolean("includeRequestBody"),
                IncludeResponseBody = query.Boolean("includeResponseBody"),
            },
            OffsetIsFromEnd: last is not null && limit is null && offset is null);
    }

    private static bool IsDescending(QueryParameters query, bool byDefault, string? whyNot)
    {
        if (query.Single("order") is not { } order) return byDefault;
        if (order.Equals("asc", StringComparison.OrdinalIgnoreCase)) return false;
        if (!order.Equals("desc", StringComparison.OrdinalIgnoreCase)) query.Refuse("order", order, "asc or desc");
        else if (whyNot is not null) query.Refuse("order", order, $"asc alone together with '{whyNot}'");
        return true;
    }
}
