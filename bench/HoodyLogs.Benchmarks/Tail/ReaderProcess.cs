using System.Globalization;

namespace HoodyLogs.Benchmarks.Tail;

/// <summary>The process that runs <see cref="TailReaders"/>.</summary>
internal sealed class ReaderProcess : IAsyncDisposable
{
    private readonly BenchProcess _process;

    private ReaderProcess(BenchProcess process) => _process = process;

    public static async Task<ReaderProcess> StartAsync(int port, int tails, string path) =>
        new(await BenchProcess.StartAsync("tail-readers", "--port", $"{port}", "--tails", $"{tails}", "--path", path));

    /// <summary>Returns the bytes of all readers and the number of ended responses.</summary>
    public async Task<(long Bytes, long Ended)> AskAsync()
    {
        var answer = await _process.AskAsync();
        return (long.Parse(answer[0], CultureInfo.InvariantCulture), long.Parse(answer[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Stops the readers and returns p50 and p99 of the latencies in microseconds.</summary>
    public async Task<(double P50, double P99)> EndAsync()
    {
        var answer = await _process.EndAsync();
        return (double.Parse(answer[0], CultureInfo.InvariantCulture), double.Parse(answer[1], CultureInfo.InvariantCulture));
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
