using System.Globalization;
using HoodyLogs.AspNetCore.Endpoints.Parameters;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints.Stream;

/// <summary>A live tail as it was asked for.</summary>
/// <param name="Filter">Which entries.</param>
/// <param name="LastEventId">What the client has; null for one that comes fresh.</param>
/// <param name="Tail">How many entries a fresh client wants first; 0 for none.</param>
internal readonly record struct StreamRequest(LogFilter Filter, long? LastEventId, int Tail)
{
    private const string Header = "Last-Event-ID";
    private const string Parameter = "lastEventId";

    /// <summary>Whether opening the stream may read rows of the store, and so counts as a read.</summary>
    public bool CountsAsRead => Tail > 0 || LastEventId is not null || Filter.RequiresScan;

    /// <summary>Reads what a stream takes.</summary>
    /// <param name="request">The request, for its headers.</param>
    /// <param name="query">Its parameters.</param>
    /// <param name="maxTail">The greatest <c>tail</c>.</param>
    /// <param name="fault">The message for a 400; null where all is well.</param>
    public static StreamRequest Read(HttpRequest request, QueryParameters query, int maxTail, out string? fault)
    {
        var filter = LogFilterBinder.Read(query);
        var tail = (int?)query.Integer("tail", 0, maxTail);
        var fromQuery = query.Single(Parameter) ?? "";
        fault = query.Fault;
        var header = request.Headers[Header].ToString();
        var lastId = header.Length > 0 ? LastId("Header", Header, header, ref fault) : LastId("Parameter", Parameter, fromQuery, ref fault);
        return new StreamRequest(filter, lastId, tail ?? 0);
    }

    private static long? LastId(string kind, string name, string text, ref string? fault)
    {
        if (text.Length == 0) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) return id;

        // A number that is greater than any id was never given out; the client is told so by a reset.
        if (!text.AsSpan().ContainsAnyExceptInRange('0', '9')) return long.MaxValue;
        fault ??= $"{kind} '{name}' is '{(text.Length > 100 ? text[..100] + "…" : text)}'; it takes an integer, 0 or more.";
        return null;
    }
}
