using System.Text;

namespace HoodyLogs.TestSupport;

/// <summary>Creates records for tests. Values that a test does not set are always the same.</summary>
public static class Some
{
    public const long ArrivalMs = 1_718_201_234_000;

    public static LogRecord Exchange(
        string? project = "p1", string? container = "c1", string? service = "api", string? method = "GET", string url = "/v1/users",
        int status = 200, EntryLevel level = EntryLevel.Info, EntrySource source = EntrySource.Backend, long atMs = ArrivalMs,
        long durationUs = 102_000, string? traceId = "4bf92f3577b34da6a3ce929d0e0e4736", string? requestData = null,
        string? responseData = null) => new()
        {
            Shape = RecordShape.Exchange,
            Level = level,
            Source = source,
            ProjectId = project,
            ContainerId = container,
            ServiceName = service,
            Method = method,
            Url = url,
            Status = status,
            TimestampMs = atMs,
            DurationUs = durationUs,
            TraceId = traceId,
            ClientIp = "203.0.113.42",
            BytesIn = 412,
            BytesOut = 318,
            UserAgent = "Hoody-CLI/1.4.2",
            RequestData = requestData is null ? null : Encoding.UTF8.GetBytes(requestData),
            ResponseData = responseData is null ? null : Encoding.UTF8.GetBytes(responseData),
        };

    public static LogRecord Event(
        string message = "hello", EntryLevel level = EntryLevel.Info, string? project = null, string? container = null,
        string? service = null, long atMs = ArrivalMs) => new()
        {
            Shape = RecordShape.Event,
            Level = level,
            ProjectId = project,
            ContainerId = container,
            ServiceName = service,
            TimestampMs = atMs,
            RequestData = Encoding.UTF8.GetBytes($"\"message\":\"{message}\""),
        };

    public static CapturedBody Text(string text) => new(Encoding.UTF8.GetBytes(text), true);

    public static CapturedBody Bytes(params byte[] bytes) => new(bytes, false);

    /// <summary>Returns a text that compression does not shorten. The same length gives the same text.</summary>
    public static string Letters(int length) => string.Create(length, length, (letters, seed) =>
    {
        var random = new Random(seed);
        for (var i = 0; i < letters.Length; i++) letters[i] = (char)random.Next('a', 'z' + 1);
    });
}
