using System.Diagnostics;

namespace HoodyLogs.Benchmarks;

/// <summary>
/// Runs another benchmark of this program in its own process. The process writes <c>ready</c>, answers each line on its input with one line, and ends
/// when its input ends.
/// </summary>
internal sealed class BenchProcess : IAsyncDisposable
{
    private readonly Process _process;

    private BenchProcess(Process process) => _process = process;

    /// <summary>The text that the process wrote after <c>ready</c>.</summary>
    public string Greeting { get; private init; } = "";

    public static Task<BenchProcess> StartAsync(params string[] arguments) => StartAsync(hasServerGc: false, arguments);

    /// <param name="hasServerGc">Whether the process uses the server garbage collector, which is the default of ASP.NET Core apps.</param>
    /// <param name="arguments">The name of the benchmark and its arguments.</param>
    public static async Task<BenchProcess> StartAsync(bool hasServerGc, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["DOTNET_gcServer"] = hasServerGc ? "1" : "0";
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(BenchProcess).Assembly.Location);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        var greeting = await process.StandardOutput.ReadLineAsync();
        if (greeting?.Split(' ', 2) is not ["ready", .. var rest]) throw new InvalidOperationException($"{arguments[0]} did not start: {greeting}");
        return new BenchProcess(process) { Greeting = rest is [var text] ? text : "" };
    }

    public async Task<string[]> AskAsync(string question = "")
    {
        await _process.StandardInput.WriteLineAsync(question);
        return await AnswerAsync();
    }

    /// <summary>Ends the input of the process and reads its last output.</summary>
    public Task<string[]> EndAsync()
    {
        _process.StandardInput.Close();
        return AnswerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<string[]> AnswerAsync() =>
        (await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("A process of the benchmark ended early.")).Split(' ');
}
