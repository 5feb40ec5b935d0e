using System.Diagnostics;

namespace HoodyLogs.Benchmarks;

/// <summary>
/// This program once more, in a process of its own: another benchmark's name with its arguments. It says <c>ready</c>, answers each line on
/// its input with one line, and ends with its input.
/// </summary>
internal sealed class BenchProcess : IAsyncDisposable
{
    private readonly Process _process;

    private BenchProcess(Process process) => _process = process;

    /// <summary>What the process said behind <c>ready</c>.</summary>
    public string Greeting { get; private init; } = "";

    public static Task<BenchProcess> StartAsync(params string[] arguments) => StartAsync(hasServerGc: false, arguments);

    /// <param name="hasServerGc">Whether it has the server's garbage collector, as ASP.NET Core apps do unless they say otherwise.</param>
    /// <param name="arguments">The benchmark's name and its arguments.</param>
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

    /// <summary>Ends the process's input, and reads what it says at its end.</summary>
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
