using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using HoodyLogs.Entries;

namespace HoodyLogs.AspNetCore.Endpoints.Parameters;

/// <summary>
/// The table of all parameters. Binding of filters, unknown-parameter errors, suggestions, OpenAPI and the binding of fan-out cursors use it, so a new
/// filter parameter needs one row here and its property in <see cref="LogFilter"/>.
/// </summary>
internal static class ApiParameters
{
    /// <summary>The maximum length of a text filter, in characters.</summary>
    public const int MaxTextLength = 512;

    /// <summary>The default of <c>limit</c>.</summary>
    public const int DefaultLimit = 200;

    /// <summary>The maximum <c>limit</c> of the tunnel route.</summary>
    public const int MaxTunnelLimit = 500;

    private const ApiRoutes Series = ApiRoutes.List | ApiRoutes.Stats | ApiRoutes.Open | ApiRoutes.Stream;
    private const ApiRoutes Rows = ApiRoutes.List | ApiRoutes.Open | ApiRoutes.Stream;
    private const string TimeForms = "ISO 8601, milliseconds since 1970, or relative to now (-1h, now-15m).";
    private const string LimitSynonyms = "pageSize perPage size count take top max n first";

    // JavaScript clients cannot represent greater integers exactly.
    private static readonly RangeAttribute IdRange = new(0, 9_007_199_254_740_991d);
    private static readonly RangeAttribute PageRange = new(1, 1000);

    /// <summary>All parameters. Error messages and OpenAPI list them in this order.</summary>
    public static IReadOnlyList<ApiParameter> All { get; } =
    [
        // Filters
        new("level", Series, typeof(string), "Comma-separated levels (debug, info, warn, error); may repeat.")
        {
            Synonyms = "levels severity logLevel minLevel",
            Bind = (query, filter) => filter with { Levels = query.GetSet<EntryLevel>("level", EntryNames.TryLevel, EntryNames.Levels) },
        },
        new("kind", Series, typeof(string), "Comma-separated kinds (request, response, event); may repeat.")
        {
            Synonyms = "kinds type types",
            Bind = (query, filter) => filter with { Kinds = query.GetSet<EntryKind>("kind", EntryNames.TryKind, EntryNames.Kinds) },
        },
        new("source", Series, typeof(string), "Comma-separated sources (backend, edge); may repeat.")
        {
            Synonyms = "sources origin",
            Bind = (query, filter) => filter with { Sources = query.GetSet<EntrySource>("source", EntryNames.TrySource, EntryNames.Sources) },
        },
        new("method", Series, typeof(string), "Comma-separated HTTP methods, ignoring case; may repeat.")
        {
            Synonyms = "methods verb httpMethod",
            Bind = (query, filter) => filter with
            {
                Methods = query.GetSet<string>("method", FilterValues.TryParseMethod, FilterValues.ExpectedMethod).ToFrozenSet(),
            },
        },
        new("serviceName", Series, typeof(string), "Comma-separated services; may repeat.")
        {
            Synonyms = "service services serviceNames app",
            Bind = (query, filter) => filter with { ServiceNames = query.GetList("serviceName").ToFrozenSet() },
        },
        new("projectId", Series, typeof(string), "Comma-separated projects; may repeat. A project outside the caller's scope gives 403.")
        {
            Synonyms = "project projects projectIds tenant tenantId",
            Bind = (query, filter) => filter with { ProjectIds = query.GetList("projectId").ToFrozenSet() },
        },
        new("containerId", Series, typeof(string), "Comma-separated containers; may repeat.")
        {
            Synonyms = "container containers containerIds tunnelId",
            Bind = (query, filter) => filter with { ContainerIds = query.GetList("containerId").ToFrozenSet() },
        },
        new("traceId", Rows, typeof(string), "The trace id: 32 hex digits or a UUID, with or without hyphens.")
        {
            Synonyms = "trace correlationId requestId traceParent",
            Bind = (query, filter) => filter with { TraceId = query.GetText("traceId", MaxTextLength) },
        },
        new("from", Rows, typeof(string), "Entries at or after this time: " + TimeForms)
        {
            Synonyms = "since start begin after startTime startDate fromTime fromDate newerThan gte",
            Bind = (query, filter) => filter with { FromMs = query.GetTime("from") },
        },
        new("to", Rows, typeof(string), "Entries before this time: " + TimeForms)
        {
            Synonyms = "until end before endTime endDate toTime toDate olderThan till lt",
            Bind = (query, filter) => filter with { ToMs = query.GetTime("to") },
        },
        new("q", Rows, typeof(string), "Text that the url contains, ignoring case.")
        {
            Synonyms = "path search url uri query text contains keyword term filter find",
            Bind = (query, filter) => filter with { UrlText = query.GetText("q", MaxTextLength) },
        },

        // Requests in progress have no status yet.
        new("status", ApiRoutes.List | ApiRoutes.Stream, typeof(string), "Comma-separated statuses: codes (404), classes (5xx), ranges (400-499); may repeat.")
        {
            Synonyms = "statusCode statusCodes code httpStatus responseStatus statuses",
            Bind = (query, filter) => filter with
            {
                Statuses = [.. query.GetSet<StatusRange>("status", FilterValues.TryParseStatus, FilterValues.ExpectedStatus)],
            },
        },

        // Paging and content
        new("limit", ApiRoutes.List, typeof(int), "Maximum number of entries to return; up to 100000 for a fanned-out read.")
        {
            Default = DefaultLimit, Range = PageRange, Synonyms = LimitSynonyms,
        },
        new("limit", ApiRoutes.Open, typeof(int), "Maximum number of exchanges to return.")
        {
            Default = DefaultLimit, Range = PageRange, Synonyms = LimitSynonyms + " last tail",
        },
        new("limit", ApiRoutes.Tunnel, typeof(int), "Maximum number of logs to return.")
        {
            Default = DefaultLimit, Range = new RangeAttribute(1, MaxTunnelLimit), Synonyms = LimitSynonyms + " last tail",
        },
        new("offset", ApiRoutes.List, typeof(long), "Number of entries to skip.") { Default = 0L, Range = IdRange, Synonyms = "page skip start startIndex" },
        new("last", ApiRoutes.List, typeof(int), "Return only the last N entries, ascending.") { Range = PageRange, Synonyms = "tail newest latest" },
        new("afterId", ApiRoutes.List, typeof(long), "Return entries with greater ids than this, ascending.") { Range = IdRange, Synonyms = "after sinceId minId" },
        new("beforeId", ApiRoutes.List, typeof(long), "Return entries with smaller ids than this, descending.") { Range = IdRange, Synonyms = "before maxId" },
        new("order", ApiRoutes.List, typeof(string), "asc (oldest first) or desc.") { Default = "asc", Synonyms = "sort sortBy orderBy direction dir sortOrder desc" },
        new("cursor", ApiRoutes.List, typeof(string), "Continues a fanned-out read after the page that returned this cursor. Other reads do not accept it."),
        new("includeRequestBody", ApiRoutes.List, typeof(bool), "Include captured request bodies.")
        {
            Default = false, Synonyms = "includeBody includeBodies body bodies requestBody withBody",
        },
        new("includeResponseBody", ApiRoutes.List, typeof(bool), "Include captured response bodies.") { Default = false, Synonyms = "responseBody" },

        // Other routes
        new("id", ApiRoutes.Entry, typeof(long), "The id of the entry.") { In = ParameterLocation.Path },
        new("tail", ApiRoutes.Stream, typeof(int), "Number of stored entries that a stream without Last-Event-ID sends first.")
        {
            Default = 0, Range = new RangeAttribute(0, 1000), Synonyms = "last limit replay newest",
        },
        new("lastEventId", ApiRoutes.Stream, typeof(long), "The same as the header Last-Event-ID, for clients that cannot send it. The header takes precedence.")
        {
            Range = IdRange, Synonyms = "eventId resume after afterId cursor",
        },
        new("Last-Event-ID", ApiRoutes.Stream, typeof(long), "The id of the last frame that the client received. The stream continues after it.")
        {
            In = ParameterLocation.Header, Range = IdRange,
        },
        new("tunnelId", ApiRoutes.Tunnel, typeof(Guid), "The UUID of the tunnel.") { In = ParameterLocation.Path },
        new("after", ApiRoutes.Tunnel, typeof(DateTimeOffset), "ISO 8601 timestamp to retrieve logs after this time (exclusive). Default: the most recent logs.")
        {
            Synonyms = "since start begin from startTime startDate afterId cursor",
        },
    ];

    private static IReadOnlyList<ApiParameter> Filters { get; } = [.. All.Where(parameter => parameter.Bind is not null)];

    /// <summary>Reads all filter parameters of a query string. A route rejects the filters that it does not accept beforehand.</summary>
    public static LogFilter BindFilter(QueryParameters query) =>
        Filters.Where(parameter => query.Has(parameter.Name)).Aggregate(LogFilter.All, (filter, parameter) => parameter.Bind!(query, filter));
}
