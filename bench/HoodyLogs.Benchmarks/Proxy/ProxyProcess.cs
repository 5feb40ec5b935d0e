using System.Globalization;

namespace HoodyLogs.Benchmarks.Proxy;

/// <summary>The process that runs <see cref="ProxyServer"/>, under the load of a <see cref="ProxyLoad"/> process.</summary>
internal sealed class ProxyProcess(BenchProcess proxy, BenchProcess load) : IAsyncDisposable
{
    public static async Task<ProxyProcess> StartAsync(BenchProcess upstream, BenchProcess load, BenchArguments arguments, params string[] more)
    {
        var hasServerGc = arguments.Text("gc", "server") == "server";
        return new ProxyProcess(await BenchProcess.StartAsync(hasServerGc, ["proxy-server", "--upstream", upstream.Greeting, .. more]), load);
    }

    /// <summary>Sends load through the proxy in one mode and waits until all captured records are committed.</summary>
    public async Task<ProxyRun> RunAsync(string mode, string method, int connections, double seconds)
    {
        await proxy.AskAsync($"mode {mode}");
        var before = Numbers(await proxy.AskAsync("mark"));
        var load = await LoadAsync(method, connections, seconds);
        var after = Numbers(await proxy.AskAsync("mark"));
        return load with { CpuMicros = (after[0] - before[0]) / load.Exchanges, Allocated = (after[1] - before[1]) / load.Exchanges };
    }

    /// <summary>Sends load through the proxy while another connection holds the write lock of its database.</summary>
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

/// <summary>The result of one load. CPU and allocation are those of the proxy process per exchange.</summary>
internal sealed record ProxyRun(double Exchanges, double PerSecond, double CpuMicros, double Allocated, double P999Ms, double LongestMs);
