using System.Globalization;
using HoodyLogs.AspNetCore.Endpoints.Parameters;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints.Stream;

/// <summary>The parameters of a live tail.</summary>
/// <param name="Filter">The filter of the entries.</param>
/// <param name="LastEventId">The last id that the client received; null for a new client.</param>
/// <param name="Tail">The number of stored entries that a new client gets first.</param>
internal readonly record struct StreamRequest(LogFilter Filter, long? LastEventId, int Tail)
{
    private const string Header = "Last-Event-ID";
    private const string Parameter = "lastEventId";

    /// <summary>Whether opening the stream may read rows of the store. Then it counts as a read.</summary>
    public bool CountsAsRead => Tail > 0 || LastEventId is not null || Filter.RequiresScan;

    /// <summary>Reads the parameters of a stream.</summary>
    /// <param name="request">The request; its headers are read.</param>
    /// <param name="query">The query string.</param>
    /// <param name="maxTail">The maximum <c>tail</c>.</param>
    /// <param name="error">The message for a 400; null if there is no error.</param>
    public static StreamRequest Bind(HttpRequest request, QueryParameters query, int maxTail, out string? error)
    {
        var filter = ApiParameters.BindFilter(query);
        var tail = (int?)query.GetInteger("tail", 0, maxTail);
        var fromQuery = query.GetText(Parameter) ?? "";
        error = query.Error;
        var header = request.Headers[Header].ToString();
        var lastId = header.Length > 0 ? ParseLastEventId("Header", Header, header, ref error) : ParseLastEventId("Parameter", Parameter, fromQuery, ref error);
        return new StreamRequest(filter, lastId, tail ?? 0);
    }

    private static long? ParseLastEventId(string kind, string name, string text, ref string? error)
    {
        if (text.Length == 0) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) return id;

        // No id is greater than the maximum. The client gets a reset.
        if (!text.AsSpan().ContainsAnyExceptInRange('0', '9')) return long.MaxValue;
        error ??= $"{kind} '{name}' is '{(text.Length > 100 ? text[..100] + "…" : text)}'; it takes an integer, 0 or more.";
        return null;
    }
}
