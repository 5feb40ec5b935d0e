using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using HoodyLogs.AspNetCore;

namespace HoodyLogs.Benchmarks.Tail;

/// <summary>Hosts the logs API, and a bare endpoint that writes the same number of bytes in pieces of the same size.</summary>
internal sealed class TailServer : IAsyncDisposable
{
    public const string Token = "the-token-of-the-benchmark";

    private readonly WebApplication _app;
    private readonly MeterListener _listener = new();
    private readonly string _folder;
    private long _frames;
    private long _flushes;

    private volatile bool _marks;

    private TailServer(WebApplication app, string folder)
    {
        _app = app;
        _folder = folder;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "hoodylogs.tail.frames") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, frames, _, _) =>
        {
            if (frames == 0) return;
            Interlocked.Add(ref _frames, frames);
            Interlocked.Increment(ref _flushes);
        });
        _listener.Start();
    }

    public ILogSink Sink => _app.Services.GetRequiredService<ILogSink>();

    public int Port => new Uri(_app.Urls.First()).Port;

    /// <summary>The number of frames written to tails.</summary>
    public long Frames => Interlocked.Read(ref _frames);

    /// <summary>The number of flushes that contained frames.</summary>
    public long Flushes => Interlocked.Read(ref _flushes);

    /// <summary>Whether exchanges record in <c>data</c> when their response was complete.</summary>
    public bool Marks
    {
        get => _marks;
        set => _marks = value;
    }

    public static async Task<TailServer> StartAsync()
    {
        TailServer? server = null;
        var folder = Directory.CreateTempSubdirectory("hoodylogs-bench-").FullName;
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        builder.Services.AddProxyLogs(options =>
        {
            options.Sqlite.Database = Path.Combine(folder, "logs.db");
            options.Queue.WhenFull = QueueFullMode.Wait;
            options.Limits.MaxStreams = 1_000_000;
            options.Capture.ExcludedPaths = ["/bare"];
            options.Capture.Enrich = (_, data) =>
            {
                if (server is { Marks: true }) data.Add("done", $"{TailReaders.TimeMark}{Stopwatch.GetTimestamp()}/");
            };
            options.Access.Tokens = [new AccessToken { Token = Token, Admin = true }];
        });
        var app = builder.Build();
        app.UseProxyLogs();
        app.MapProxyLogs();
        app.MapGet("/bare", BareAsync);
        app.MapGet("/exchange", static () => "ok");
        await app.StartAsync();
        return server = new TailServer(app, folder);
    }

    public async Task WriteAsync(IEnumerable<LogRecord> records)
    {
        foreach (var record in records) await Sink.WriteAsync(record, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task BareAsync(HttpContext context)
    {
        var piece = new byte[int.Parse(context.Request.Query["piece"]!, CultureInfo.InvariantCulture)];
        var left = long.Parse(context.Request.Query["bytes"]!, CultureInfo.InvariantCulture);
        context.Response.ContentType = "text/event-stream";

        // The end of the connection shows the reader that it has received everything.
        context.Response.Headers.Connection = "close";
        for (; left > 0; left -= piece.Length)
        {
            var count = (int)Math.Min(left, piece.Length);
            await context.Response.BodyWriter.WriteAsync(piece.AsMemory(0, count), context.RequestAborted);
        }
    }
}
