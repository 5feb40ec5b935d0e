using System.Diagnostics;
using System.Globalization;

namespace HoodyLogs.Benchmarks.Tail;

/// <summary>The child process of <see cref="TailReaders"/>.</summary>
internal sealed class ReaderProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ReaderProcess(Process process) => _process = process;

    public static async Task<ReaderProcess> StartAsync(int port, int tails, string path) =>
        new(await ChildProcess.StartAsync("tail-readers", "--port", $"{port}", "--tails", $"{tails}", "--path", path));

    /// <summary>How many bytes all readers have, and how many responses have ended.</summary>
    public async Task<(long Bytes, long Ended)> AskAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        var answer = (await _process.StandardOutput.ReadLineAsync())!.Split(' ');
        return (long.Parse(answer[0], CultureInfo.InvariantCulture), long.Parse(answer[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Ends the readers: p50 and p99 of the latencies, in microseconds.</summary>
    public async Task<(double P50, double P99)> EndAsync()
    {
        _process.StandardInput.Close();
        var answer = (await _process.StandardOutput.ReadLineAsync())!.Split(' ');
        await _process.WaitForExitAsync();
        return (double.Parse(answer[0], CultureInfo.InvariantCulture), double.Parse(answer[1], CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await EndAsync();
        _process.Dispose();
    }
}
