using System.Text;
using System.Text.Json;

namespace HoodyLogs;

/// <summary>An entry as the API shows it (decision E1), as an object, for use within the process.</summary>
public sealed record LogEntry
{
    /// <summary>Unique, strictly growing, never 0 (decision E3).</summary>
    public required long Id { get; init; }

    /// <summary>The W3C trace id or a UUID; the same on both entries of an exchange.</summary>
    public string? TraceId { get; init; }

    /// <summary>The entry's time: Unix milliseconds, UTC.</summary>
    public required long TsMs { get; init; }

    /// <summary>What the entry is.</summary>
    public required EntryKind Kind { get; init; }

    /// <summary>Its weight.</summary>
    public required EntryLevel Level { get; init; }

    /// <summary>The tenant, or null.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The container, or null.</summary>
    public string? ContainerId { get; init; }

    /// <summary>The service, or null.</summary>
    public string? ServiceName { get; init; }

    /// <summary>The HTTP method, or null.</summary>
    public string? Method { get; init; }

    /// <summary>Path and query, or null.</summary>
    public string? Url { get; init; }

    /// <summary>The client's address, or null.</summary>
    public string? ClientIp { get; init; }

    /// <summary>The status, or null.</summary>
    public int? Status { get; init; }

    /// <summary>The JSON object <c>data</c> (decision E6).</summary>
    public JsonElement Data { get; init; }

    /// <summary>Which side captured it.</summary>
    public required EntrySource Source { get; init; }

    /// <summary>The request body, where asked for and stored: text, or base64 (<see cref="RequestBodyEncoding"/>).</summary>
    public string? RequestBody { get; init; }

    /// <summary><c>base64</c> where the request body is no text, else null.</summary>
    public string? RequestBodyEncoding { get; init; }

    /// <summary>The response body, where asked for and stored: text, or base64 (<see cref="ResponseBodyEncoding"/>).</summary>
    public string? ResponseBody { get; init; }

    /// <summary><c>base64</c> where the response body is no text, else null.</summary>
    public string? ResponseBodyEncoding { get; init; }

    /// <summary>Whether a body that was asked for is not the whole body; null where none was asked for or captured.</summary>
    public bool? BodyTruncated { get; init; }

    /// <summary>The entry's time as a <see cref="DateTimeOffset"/>.</summary>
    public DateTimeOffset Timestamp => DateTimeOffset.FromUnixTimeMilliseconds(TsMs);

    /// <summary>Makes an object of an entry that is being read.</summary>
    /// <param name="view">The entry.</param>
    public static LogEntry From(in LogEntryView view)
    {
        var key = view.Series.Key;
        return new LogEntry
        {
            Id = view.Id,
            TraceId = Text(view.TraceId),
            TsMs = view.EntryTimeMs,
            Kind = view.Kind,
            Level = key.Level,
            ProjectId = key.ProjectId,
            ContainerId = key.ContainerId,
            ServiceName = key.ServiceName,
            Method = key.Method ?? Text(view.UncommonMethod),
            Url = Text(view.Url),
            ClientIp = Text(view.ClientIp),
            Status = view.Status == 0 ? null : view.Status,
            Data = LogEntryJson.DataOf(view),
            Source = key.Source,
            RequestBody = BodyText(view.HasRequestBody, view.RequestBody),
            RequestBodyEncoding = view is { HasRequestBody: true, RequestBody.IsText: false } ? "base64" : null,
            ResponseBody = BodyText(view.HasResponseBody, view.ResponseBody),
            ResponseBodyEncoding = view is { HasResponseBody: true, ResponseBody.IsText: false } ? "base64" : null,
            BodyTruncated = LogEntryJson.BodyTruncated(view),
        };
    }

    private static string? Text(ReadOnlySpan<byte> utf8) => utf8.IsEmpty ? null : Encoding.UTF8.GetString(utf8);

    private static string? BodyText(bool has, in BodyView body) =>
        !has ? null : body.IsText ? Encoding.UTF8.GetString(body.Content) : Convert.ToBase64String(body.Content);
}
