namespace HoodyLogs;

/// <summary>
/// Everything about a record that a filter can name without looking at the record itself. Distinct combinations are few, so the
/// store keeps each once, as a series, and records carry its number.
/// </summary>
/// <param name="Shape">Which entries the record shows.</param>
/// <param name="Level">Decision E5.</param>
/// <param name="Source">Which side captured it.</param>
/// <param name="Method">The HTTP method, upper-case, one of the well-known ones; null where there is none or it is not well known.</param>
/// <param name="ProjectId">The tenant, or null where unknown.</param>
/// <param name="ContainerId">The container within the tenant, or null where unknown.</param>
/// <param name="ServiceName">The service, or null where unknown.</param>
public readonly record struct SeriesKey(
    RecordShape Shape, EntryLevel Level, EntrySource Source, string? Method, string? ProjectId, string? ContainerId, string? ServiceName);
