using System.Globalization;

namespace HoodyLogs.Benchmarks.Endpoints;

/// <summary>The result of one load.</summary>
internal readonly record struct LoadRun(long Requests, long Bytes, double Seconds, double P50Micros, double P99Micros)
{
    public double PerSecond => Requests / Seconds;
}

/// <summary>The process that runs <see cref="ListLoad"/>.</summary>
internal sealed class LoadProcess : IAsyncDisposable
{
    private readonly BenchProcess _process;

    private LoadProcess(BenchProcess process) => _process = process;

    public static async Task<LoadProcess> StartAsync(int port) => new(await BenchProcess.StartAsync("list-load", "--port", $"{port}"));

    /// <summary>Requests a path until the time is up, at least once per connection.</summary>
    public async Task<LoadRun> AskAsync(string path, int connections, int milliseconds)
    {
        var answer = await _process.AskAsync($"{path} {connections} {milliseconds}");
        var numbers = answer.Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return new LoadRun((long)numbers[0], (long)numbers[1], numbers[2] / 1000, numbers[3], numbers[4]);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
