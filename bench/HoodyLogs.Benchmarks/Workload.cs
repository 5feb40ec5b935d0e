namespace HoodyLogs.Benchmarks;

/// <summary>
/// Creates exchanges like those of a busy multi-tenant proxy: 20 projects, 2 services, 5 methods, 2 levels, and as many containers as give the requested
/// number of series (1,600 or 50,000). The distribution is uniform, except for one rare series with one record in 100,000. The same seed gives the same
/// records.
/// </summary>
internal sealed class Workload(int series = 1_600, int seed = 1)
{
    public const string RareProject = "proj_rare";
    public const string RareContainer = "cnt_rare";
    private const int Projects = 20;
    private const long StartMs = 1_767_225_600_000; // 2026-01-01

    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE", "PATCH"];
    private static readonly string[] Services = ["user-api", "billing-api"];
    private static readonly string[] Urls = [.. Enumerable.Range(0, 2_000).Select(i => $"/v1/users/{i * 7919 % 100_000}/orders?page={i % 9}")];
    private static readonly string[] Addresses = [.. Enumerable.Range(0, 500).Select(i => $"203.0.{i / 250}.{i % 250}")];
    private static readonly string[] ProjectIds = [.. Enumerable.Range(0, Projects).Select(i => $"proj_{i:x8}")];
    private readonly string[] _containers = [.. Enumerable.Range(0, series / (Projects * 2 * 5 * 2)).Select(i => $"cnt_{i:x8}")];
    private readonly Random _random = new(seed);
    private readonly Dictionary<(int, int), string> _containerIds = [];
    private long _made;

    public static string Project(int number) => ProjectIds[number];

    /// <summary>Returns the trace id of the n-th record of any workload.</summary>
    public static string TraceId(long n) => $"{n * -7046029254386353131:x16}{n * -4417276706812531889:x16}";

    public LogRecord[] Next(int count)
    {
        var records = new LogRecord[count];
        for (var i = 0; i < count; i++) records[i] = Next();
        return records;
    }

    private LogRecord Next()
    {
        var n = _made++;
        var rare = n % 100_000 == 50_000;
        var project = _random.Next(Projects);
        var error = _random.Next(50) == 0;
        return new LogRecord
        {
            Shape = RecordShape.Exchange,
            Level = error ? EntryLevel.Error : EntryLevel.Info,
            ProjectId = rare ? RareProject : ProjectIds[project],
            ContainerId = rare ? RareContainer : ContainerId(project),
            ServiceName = Services[_random.Next(Services.Length)],
            Method = Methods[_random.Next(Methods.Length)],
            TraceId = TraceId(n),
            TimestampMs = StartMs + (n / 20),
            DurationUs = _random.Next(500, 200_000),
            Url = Urls[_random.Next(Urls.Length)],
            ClientIp = Addresses[_random.Next(Addresses.Length)],
            Status = error ? 502 : 200,
            BytesIn = _random.Next(0, 4_096),
            BytesOut = _random.Next(100, 65_536),
            UserAgent = "Hoody-CLI/1.4.2",
        };
    }

    // A container belongs to one project, so its id contains the project.
    private string ContainerId(int project)
    {
        var key = (project, _random.Next(_containers.Length));
        if (!_containerIds.TryGetValue(key, out var id)) _containerIds.Add(key, id = $"{_containers[key.Item2]}{project:x2}");
        return id;
    }
}
