namespace HoodyLogs.Benchmarks.Store;

/// <summary>Hosts the core as a worker does: default options except for the file and the retention, and a queue that waits.</summary>
internal sealed class HoodyHost : IAsyncDisposable
{
    private readonly IHost _host;

    private HoodyHost(IHost host, RetentionOptions retention) => (_host, Retention) = (host, retention);

    /// <summary>The current options. Changing them has the effect of a reload.</summary>
    public RetentionOptions Retention { get; }

    public ILogSink Sink => _host.Services.GetRequiredService<ILogSink>();

    public ILogStore Store => _host.Services.GetRequiredService<ILogStore>();

    public static async Task<HoodyHost> StartAsync(string path, Action<RetentionOptions>? retention = null)
    {
        var kept = new RetentionOptions { MaxEntries = 0, MaxAge = TimeSpan.FromDays(3_650) };
        retention?.Invoke(kept);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddProxyLogsCore(options =>
        {
            options.Sqlite.Database = path;
            options.Queue.WhenFull = QueueFullMode.Wait;
            options.Retention = kept;
        });
        var host = builder.Build();
        await host.StartAsync();
        return new HoodyHost(host, kept);
    }

    public async Task AppendAsync(LogRecord[] records)
    {
        var sink = Sink;
        foreach (var record in records)
        {
            if (!sink.TryWrite(record)) await sink.WriteAsync(record, CancellationToken.None);
        }

        await sink.FlushAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
