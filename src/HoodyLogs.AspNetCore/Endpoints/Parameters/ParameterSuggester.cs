using System.Collections.Frozen;
using HoodyLogs.Configuration;

namespace HoodyLogs.AspNetCore.Endpoints.Parameters;

/// <summary>Finds the parameter that a client probably means: by names that other APIs use, then by spelling.</summary>
internal static class ParameterSuggester
{
    // A longer name is no misspelling, and comparing it would take time.
    private const int MaxLength = 64;

    // For each parameter, the names that other APIs use. The first parameter that the route takes is suggested.
    private static readonly (string Parameter, string Synonyms)[] Words =
    [
        ("status", "statusCode statusCodes code httpStatus responseStatus statuses"),
        ("from", "since start begin after startTime startDate fromTime fromDate newerThan gte"),
        ("after", "since start begin from startTime startDate afterId cursor"),
        ("to", "until end before endTime endDate toTime toDate olderThan till lt"),
        ("q", "path search url uri query text contains keyword term filter find"),
        ("offset", "page skip start startIndex"),
        ("order", "sort sortBy orderBy direction dir sortOrder desc"),
        ("level", "levels severity logLevel minLevel"),
        ("kind", "kinds type types"),
        ("source", "sources origin"),
        ("method", "methods verb httpMethod"),
        ("projectId", "project projects projectIds tenant tenantId"),
        ("containerId", "container containers containerIds tunnelId"),
        ("serviceName", "service services serviceNames app"),
        ("traceId", "trace correlationId requestId traceParent"),
        ("includeRequestBody", "includeBody includeBodies body bodies requestBody withBody"),
        ("includeResponseBody", "responseBody"),
        ("last", "tail newest latest"),
        ("tail", "last limit replay newest"),
        ("limit", "pageSize perPage size count take top max n first last tail"),
        ("lastEventId", "eventId resume after afterId cursor"),
        ("beforeId", "before maxId"),
        ("afterId", "after sinceId minId"),
    ];

    private static readonly FrozenDictionary<string, string[]> Synonyms = Words
        .SelectMany(word => word.Synonyms.Split(' ').Select(synonym => (Synonym: Plain(synonym), word.Parameter)))
        .GroupBy(pair => pair.Synonym, pair => pair.Parameter)
        .ToFrozenDictionary(group => group.Key, group => group.ToArray());

    /// <summary>A question or a statement: the nearest parameter, or all of them if none is near.</summary>
    /// <param name="name">The name that is not known.</param>
    /// <param name="known">The names that are; at least one.</param>
    public static string Suggest(string name, IReadOnlyCollection<string> known)
    {
        if (name.Length > MaxLength) name = "";
        var plain = Plain(name);
        var meant = known.FirstOrDefault(candidate => Plain(candidate) == plain)
            ?? Synonyms.GetValueOrDefault(plain)?.FirstOrDefault(candidate => known.Contains(candidate));
        return meant is null ? KeySuggester.Suggest(name, known) : $"did you mean {meant}?";
    }

    /// <summary>Only the letters and digits: <c>project_id</c>, <c>project-id</c> and <c>projectId[]</c> are one name.</summary>
    private static string Plain(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
}
