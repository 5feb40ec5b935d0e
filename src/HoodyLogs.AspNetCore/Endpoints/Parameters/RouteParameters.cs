using System.Collections.Frozen;
using HoodyLogs.Configuration;

namespace HoodyLogs.AspNetCore.Endpoints.Parameters;

/// <summary>The parameters that one route accepts.</summary>
internal sealed class RouteParameters
{
    // A longer name is not a misspelling, and comparing it would take time.
    private const int MaxComparedLength = 64;

    private readonly string[] _queryNames;
    private readonly FrozenSet<string> _accepted;
    private readonly List<(string Name, FrozenSet<string> Synonyms)> _synonyms;

    private RouteParameters(ApiRoutes route)
    {
        All = [.. ApiParameters.All.Where(parameter => parameter.Routes.HasFlag(route))];
        var query = All.Where(static parameter => parameter.In == ParameterLocation.Query).ToList();
        _queryNames = [.. query.Select(static parameter => parameter.Name)];
        _accepted = _queryNames.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        _synonyms = [.. query.Select(static parameter => (parameter.Name, parameter.Synonyms.Split(' ').Select(Normalize).ToFrozenSet()))];
    }

    public static RouteParameters List { get; } = new(ApiRoutes.List);

    public static RouteParameters Entry { get; } = new(ApiRoutes.Entry);

    public static RouteParameters Stats { get; } = new(ApiRoutes.Stats);

    public static RouteParameters Open { get; } = new(ApiRoutes.Open);

    public static RouteParameters Stream { get; } = new(ApiRoutes.Stream);

    public static RouteParameters Tunnel { get; } = new(ApiRoutes.Tunnel);

    /// <summary>All parameters of the route: of the query string, of the path and of the headers.</summary>
    public IReadOnlyList<ApiParameter> All { get; }

    /// <summary>
    /// Adds an error for the first query parameter that the route does not accept. Case does not matter, and names that begin with <c>_</c> are ignored.
    /// </summary>
    public void RejectUnknown(QueryParameters query)
    {
        if (query.Names.FirstOrDefault(name => !name.StartsWith('_') && !_accepted.Contains(name)) is { } unknown) query.AddUnknown(unknown, Suggest(unknown));
    }

    /// <summary>Suggests the parameter that a client probably means: by its spelling, else by the names that other APIs use. Else lists all.</summary>
    private string Suggest(string name)
    {
        if (_queryNames.Length == 0) return "this route takes none.";
        if (name.Length > MaxComparedLength) name = "";
        var normalized = Normalize(name);
        var suggestion = Array.Find(_queryNames, known => Normalize(known) == normalized)
            ?? _synonyms.Find(known => normalized.Length > 0 && known.Synonyms.Contains(normalized)).Name;
        return suggestion is null ? KeySuggester.Suggest(name, _queryNames) : $"did you mean {suggestion}?";
    }

    /// <summary>Keeps letters and digits only, so that <c>project_id</c>, <c>project-id</c> and <c>projectId[]</c> are the same name.</summary>
    private static string Normalize(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
}
