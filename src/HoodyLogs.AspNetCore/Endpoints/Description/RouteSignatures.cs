using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using HoodyLogs.AspNetCore.Endpoints.Parameters;
using Microsoft.AspNetCore.Mvc;

namespace HoodyLogs.AspNetCore.Endpoints.Description;

/// <summary>
/// The parameters of the routes with their defaults and ranges, for what describes the API. Never called: the routes read their parameters by
/// <see cref="QueryParameters"/>, without reflection.
/// </summary>
internal static class RouteSignatures
{
    private const string Levels = "Comma-separated levels (debug, info, warn, error); may repeat.";
    private const string Kinds = "Comma-separated kinds (request, response, event); may repeat.";
    private const string Sources = "Comma-separated sources (backend, edge); may repeat.";
    private const string Methods = "Comma-separated HTTP methods, ignoring case; may repeat.";
    private const string Services = "Comma-separated services; may repeat.";
    private const string Projects = "Comma-separated projects; may repeat. Naming one that the caller may not see is 403.";
    private const string Containers = "Comma-separated containers; may repeat.";
    private const string Trace = "This trace id: 32 hex digits or a UUID, with or without hyphens.";
    private const string Statuses = "Comma-separated statuses: codes (404), classes (5xx), ranges (400-499); may repeat.";
    private const string From = "Entries from this time on: ISO 8601, milliseconds since 1970, or relative to now (-1h, now-15m).";
    private const string To = "Entries before this time: ISO 8601, milliseconds since 1970, or relative to now (-1h, now-15m).";
    private const string Text = "Text that the url contains, ignoring case.";

    /// <summary>The greatest integer that JSON readers agree on.</summary>
    private const double MaxInteger = 9_007_199_254_740_991;

    public static void List(
        [Description("Max entries to return; up to 100000 where the read is fanned out."), Range(1, 1000)] int limit = LogQueryBinder.DefaultLimit,
        [Description("Entries to skip."), Range(0, MaxInteger)] long offset = 0,
        [Description(Projects)] string? projectId = null,
        [Description(Containers)] string? containerId = null,
        [Description(Services)] string? serviceName = null,
        [Description(Levels)] string? level = null,
        [Description("Include captured request bodies.")] bool includeRequestBody = false,
        [Description("Include captured response bodies.")] bool includeResponseBody = false,
        [Description("Return only the last N entries, ascending."), Range(1, 1000)] int? last = null,
        [Description("Return entries with ids greater than this, ascending."), Range(0, MaxInteger)] long? afterId = null,
        [Description("Return entries with ids smaller than this, descending."), Range(0, MaxInteger)] long? beforeId = null,
        [Description("asc (oldest first) or desc.")] string order = "asc",
        [Description("Goes on after the page of a fanned-out read that gave it; taken on such reads alone.")] string? cursor = null,
        [Description(Kinds)] string? kind = null,
        [Description(Methods)] string? method = null,
        [Description(Sources)] string? source = null,
        [Description(Trace)] string? traceId = null,
        [Description(Statuses)] string? status = null,
        [Description(From)] string? from = null,
        [Description(To)] string? to = null,
        [Description(Text)] string? q = null)
    {
    }

    public static void Entry([Description("The id of the entry.")] long id)
    {
    }

    public static void Stats(
        [Description(Projects)] string? projectId = null,
        [Description(Containers)] string? containerId = null,
        [Description(Services)] string? serviceName = null,
        [Description(Levels)] string? level = null,
        [Description(Kinds)] string? kind = null,
        [Description(Methods)] string? method = null,
        [Description(Sources)] string? source = null)
    {
    }

    public static void Open(
        [Description("Max exchanges to return."), Range(1, 1000)] int limit = LogQueryBinder.DefaultLimit,
        [Description(Projects)] string? projectId = null,
        [Description(Containers)] string? containerId = null,
        [Description(Services)] string? serviceName = null,
        [Description(Levels)] string? level = null,
        [Description(Kinds)] string? kind = null,
        [Description(Methods)] string? method = null,
        [Description(Sources)] string? source = null,
        [Description(Trace)] string? traceId = null,
        [Description(From)] string? from = null,
        [Description(To)] string? to = null,
        [Description(Text)] string? q = null)
    {
    }

    public static void Stream(
        [Description(Projects)] string? projectId = null,
        [Description(Containers)] string? containerId = null,
        [Description(Services)] string? serviceName = null,
        [Description(Levels)] string? level = null,
        [Description(Kinds)] string? kind = null,
        [Description(Methods)] string? method = null,
        [Description(Sources)] string? source = null,
        [Description(Trace)] string? traceId = null,
        [Description(Statuses)] string? status = null,
        [Description(From)] string? from = null,
        [Description(To)] string? to = null,
        [Description(Text)] string? q = null,
        [Description("How many of the last entries a stream without Last-Event-ID begins with."), Range(0, 1000)] int tail = 0,
        [Description("The same as the header Last-Event-ID, which wins, for clients that cannot send it."), FromQuery(Name = "lastEventId"), Range(0, MaxInteger)]
        long? lastEventId = null,
        [Description("The id of the last frame received; all later entries follow."), FromHeader(Name = "Last-Event-ID"), Range(0, MaxInteger)]
        long? lastEventIdHeader = null)
    {
    }

    public static void Tunnel(
        [Description("The UUID of the tunnel.")] Guid tunnelId,
        [Description("ISO 8601 timestamp to retrieve logs after this time (exclusive). Without it the most recent come.")] DateTimeOffset? after = null,
        [Description("Maximum number of logs to return."), Range(1, 500)] int limit = 200)
    {
    }
}
