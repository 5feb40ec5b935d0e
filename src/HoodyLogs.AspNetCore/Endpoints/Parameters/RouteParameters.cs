using System.Collections.Frozen;

namespace HoodyLogs.AspNetCore.Endpoints.Parameters;

/// <summary>The query parameters that a route takes. Every other name is refused, unless it begins with <c>_</c>.</summary>
internal sealed class RouteParameters
{
    private static readonly string[] SeriesFilters = ["level", "kind", "source", "method", "serviceName", "projectId", "containerId"];
    private static readonly string[] OpenFilters = [.. SeriesFilters, "traceId", "from", "to", "q"];
    private static readonly string[] Bodies = ["includeRequestBody", "includeResponseBody"];

    private readonly string[] _names;
    private readonly FrozenSet<string> _known;

    private RouteParameters(params string[] names)
    {
        _names = names;
        _known = names.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    public static RouteParameters List { get; } = new(
        [.. OpenFilters, "status", "limit", "offset", "last", "afterId", "beforeId", "order", "cursor", .. Bodies]);

    public static RouteParameters Entry { get; } = new();

    public static RouteParameters Stats { get; } = new(SeriesFilters);

    public static RouteParameters Open { get; } = new([.. OpenFilters, "limit"]);

    public static RouteParameters Stream { get; } = new([.. OpenFilters, "status", "tail", "lastEventId"]);

    public static RouteParameters Tunnel { get; } = new("limit", "after");

    /// <summary>Whether a parameter of this name may be given. Case does not matter.</summary>
    public bool Accepts(string name) => name.StartsWith('_') || _known.Contains(name);

    /// <summary>What to write instead of a name that is not accepted: one name, or all of them.</summary>
    public string Suggest(string name) => _names.Length == 0 ? "this route takes none." : ParameterSuggester.Suggest(name, _names);
}
