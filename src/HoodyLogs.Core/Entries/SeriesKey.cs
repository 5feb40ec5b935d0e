namespace HoodyLogs;

/// <summary>
/// The fields of a record that a filter can test without reading the record. There are few distinct combinations, so the store keeps each one once,
/// as a series, and records refer to it by number.
/// </summary>
/// <param name="Shape">Which entries the record has.</param>
/// <param name="Level">The severity.</param>
/// <param name="Source">Where the record was captured.</param>
/// <param name="Method">The HTTP method in upper case, or null if there is none or it is not well known.</param>
/// <param name="ProjectId">The project, or null if unknown.</param>
/// <param name="ContainerId">The container, or null if unknown.</param>
/// <param name="ServiceName">The service, or null if unknown.</param>
public readonly record struct SeriesKey(
    RecordShape Shape, EntryLevel Level, EntrySource Source, string? Method, string? ProjectId, string? ContainerId, string? ServiceName);
