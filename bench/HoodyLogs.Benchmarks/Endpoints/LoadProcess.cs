using System.Diagnostics;
using System.Globalization;

namespace HoodyLogs.Benchmarks.Endpoints;

/// <summary>What one run of asking measured.</summary>
internal readonly record struct LoadRun(long Requests, long Bytes, double Seconds, double P50Micros, double P99Micros)
{
    public double PerSecond => Requests / Seconds;
}

/// <summary>The child process of <see cref="ListLoad"/>.</summary>
internal sealed class LoadProcess : IAsyncDisposable
{
    private readonly Process _process;

    private LoadProcess(Process process) => _process = process;

    public static async Task<LoadProcess> StartAsync(int port) => new(await ChildProcess.StartAsync("list-load", "--port", $"{port}"));

    /// <summary>Asks for a path until the time is up; at least once on each connection.</summary>
    public async Task<LoadRun> AskAsync(string path, int connections, int milliseconds)
    {
        await _process.StandardInput.WriteLineAsync($"{path} {connections} {milliseconds}");
        var answer = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The load process has failed.");
        var numbers = answer.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return new LoadRun((long)numbers[0], (long)numbers[1], numbers[2] / 1000, numbers[3], numbers[4]);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
