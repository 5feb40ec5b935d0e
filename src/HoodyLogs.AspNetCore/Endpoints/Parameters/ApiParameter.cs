using System.ComponentModel.DataAnnotations;

namespace HoodyLogs.AspNetCore.Endpoints.Parameters;

/// <summary>The routes of the logs API.</summary>
[Flags]
internal enum ApiRoutes
{
    None = 0,
    List = 1,
    Entry = 2,
    Stats = 4,
    Open = 8,
    Stream = 16,
    Tunnel = 32,
}

/// <summary>The part of a request that holds a parameter.</summary>
internal enum ParameterLocation
{
    Query,
    Path,
    Header,
}

/// <summary>Describes one parameter: for binding, for OpenAPI, and for suggestions after a misspelling.</summary>
/// <param name="Name">The name, as clients write it.</param>
/// <param name="Routes">The routes that accept the parameter.</param>
/// <param name="Type">The type that OpenAPI shows.</param>
/// <param name="Description">The description that OpenAPI shows.</param>
internal sealed record ApiParameter(string Name, ApiRoutes Routes, Type Type, string Description)
{
    /// <summary>The part of the request that holds the parameter. Default: the query string.</summary>
    public ParameterLocation In { get; init; }

    /// <summary>The value of an absent parameter, for OpenAPI; null for none.</summary>
    public object? Default { get; init; }

    /// <summary>The range that OpenAPI shows; null for none.</summary>
    public RangeAttribute? Range { get; init; }

    /// <summary>Names that other APIs use for the parameter, with spaces between them. They are suggested, not accepted.</summary>
    public string Synonyms { get; init; } = "";

    /// <summary>Adds the value of a filter parameter to a filter; null for a parameter that is not a filter.</summary>
    public Func<QueryParameters, LogFilter, LogFilter>? Bind { get; init; }
}
