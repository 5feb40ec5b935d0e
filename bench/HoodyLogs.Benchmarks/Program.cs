using HoodyLogs.Benchmarks;
using HoodyLogs.Benchmarks.Endpoints;
using HoodyLogs.Benchmarks.Proxy;
using HoodyLogs.Benchmarks.Store;
using HoodyLogs.Benchmarks.Tail;

var benches = new Dictionary<string, Func<BenchArguments, Task>>
{
    ["ingest"] = IngestBench.RunAsync,
    ["proxy"] = ProxyBench.RunAsync,
    ["proxy-load"] = ProxyLoad.RunAsync,
    ["proxy-server"] = ProxyServer.RunAsync,
    ["proxy-upstream"] = ProxyUpstream.RunAsync,
    ["query"] = QueryBench.RunAsync,
    ["retention"] = RetentionBench.RunAsync,
    ["list"] = ListBench.RunAsync,
    ["list-load"] = ListLoad.RunAsync,
    ["tail"] = TailBench.RunAsync,
    ["tail-readers"] = TailReaders.RunAsync,
};

if (args.Length == 0 || !benches.TryGetValue(args[0], out var bench))
{
    await Console.Error.WriteLineAsync($"Usage: dotnet run -c Release --project bench/HoodyLogs.Benchmarks -- <{string.Join('|', benches.Keys.Order())}> [--rows N] …");
    return 1;
}

await bench(new BenchArguments(args[1..]));
return 0;
