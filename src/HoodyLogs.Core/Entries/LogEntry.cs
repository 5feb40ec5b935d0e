using System.Text;
using System.Text.Json;

namespace HoodyLogs;

/// <summary>An entry as an object, for code in the same process. It has the same fields as the entry in the API.</summary>
public sealed record LogEntry
{
    /// <summary>The id. Ids are unique, strictly increasing, and never 0.</summary>
    public required long Id { get; init; }

    /// <summary>The W3C trace id or a UUID. Both entries of an exchange have the same one.</summary>
    public string? TraceId { get; init; }

    /// <summary>The time of the entry in milliseconds since the Unix epoch, UTC.</summary>
    public required long TsMs { get; init; }

    /// <summary>The kind of the entry.</summary>
    public required EntryKind Kind { get; init; }

    /// <summary>The severity of the entry.</summary>
    public required EntryLevel Level { get; init; }

    /// <summary>The project, or null.</summary>
    public string? ProjectId { get; init; }

    /// <summary>The container, or null.</summary>
    public string? ContainerId { get; init; }

    /// <summary>The service, or null.</summary>
    public string? ServiceName { get; init; }

    /// <summary>The HTTP method, or null.</summary>
    public string? Method { get; init; }

    /// <summary>The path and query, or null.</summary>
    public string? Url { get; init; }

    /// <summary>The client's address, or null.</summary>
    public string? ClientIp { get; init; }

    /// <summary>The HTTP status, or null.</summary>
    public int? Status { get; init; }

    /// <summary>The JSON object <c>data</c>.</summary>
    public JsonElement Data { get; init; }

    /// <summary>Where the entry was captured.</summary>
    public required EntrySource Source { get; init; }

    /// <summary>The request body if the query includes it and it is stored: text, or base64 (see <see cref="RequestBodyEncoding"/>).</summary>
    public string? RequestBody { get; init; }

    /// <summary><c>base64</c> if the request body is not text; otherwise null.</summary>
    public string? RequestBodyEncoding { get; init; }

    /// <summary>The response body if the query includes it and it is stored: text, or base64 (see <see cref="ResponseBodyEncoding"/>).</summary>
    public string? ResponseBody { get; init; }

    /// <summary><c>base64</c> if the response body is not text; otherwise null.</summary>
    public string? ResponseBodyEncoding { get; init; }

    /// <summary>Whether an included body is incomplete. Null if the query includes no body, or none was captured.</summary>
    public bool? BodyTruncated { get; init; }

    /// <summary>The time of the entry as a <see cref="DateTimeOffset"/>.</summary>
    public DateTimeOffset Timestamp => DateTimeOffset.FromUnixTimeMilliseconds(TsMs);

    /// <summary>Creates an object from an entry that is being read.</summary>
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
