using System.Globalization;

namespace HoodyLogs.Benchmarks.Proxy;

/// <summary>A child process of <see cref="ProxyServer"/>, under the load of one of <see cref="ProxyLoad"/>.</summary>
internal sealed class ProxyProcess(BenchProcess proxy, BenchProcess load) : IAsyncDisposable
{
    public static async Task<ProxyProcess> StartAsync(BenchProcess upstream, BenchProcess load, BenchArguments arguments, params string[] more)
    {
        var hasServerGc = arguments.Text("gc", "server") == "server";
        return new ProxyProcess(await BenchProcess.StartAsync(hasServerGc, ["proxy-server", "--upstream", upstream.Greeting, .. more]), load);
    }

    /// <summary>Loads the proxy in a mode and waits until what it captured is committed.</summary>
    public async Task<ProxyRun> RunAsync(string mode, string method, int connections, double seconds)
    {
        await proxy.AskAsync($"mode {mode}");
        var before = Numbers(await proxy.AskAsync("mark"));
        var load = await LoadAsync(method, connections, seconds);
        var after = Numbers(await proxy.AskAsync("mark"));
        return load with { CpuMicros = (after[0] - before[0]) / load.Exchanges, Allocated = (after[1] - before[1]) / load.Exchanges };
    }

    /// <summary>Loads the proxy while another holds the write lock of its database.</summary>
    public async Task<ProxyRun> RunStalledAsync(string method, int connections, double seconds)
    {
        await proxy.AskAsync($"mode {ProxyMode.HoodyLogs}");
        await proxy.AskAsync("stall");
        var run = await LoadAsync(method, connections, seconds);
        await proxy.AskAsync("go");
        await proxy.AskAsync("mark");
        return run;
    }

    public ValueTask DisposeAsync() => proxy.DisposeAsync();

    private async Task<ProxyRun> LoadAsync(string method, int connections, double seconds)
    {
        var answer = Numbers(await load.AskAsync(string.Create(CultureInfo.InvariantCulture, $"{proxy.Greeting} {method} {connections} {seconds}")));
        return new ProxyRun(answer[0], answer[0] / answer[1] * 1_000_000, 0, 0, answer[4] / 1000, answer[5] / 1000);
    }

    private static double[] Numbers(string[] words) => [.. words.Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
}

/// <summary>What one run of a load showed; CPU and allocation are of the proxy's process, for each exchange.</summary>
internal sealed record ProxyRun(double Exchanges, double PerSecond, double CpuMicros, double Allocated, double P999Ms, double LongestMs);
