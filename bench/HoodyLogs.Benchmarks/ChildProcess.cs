using System.Diagnostics;

namespace HoodyLogs.Benchmarks;

/// <summary>This program once more, for what must not cost the measured process anything.</summary>
internal static class ChildProcess
{
    /// <summary>Starts it with pipes to its input and from its output, once it has said <c>ready</c>.</summary>
    public static async Task<Process> StartAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        if (await process.StandardOutput.ReadLineAsync() != "ready") throw new InvalidOperationException($"{arguments[0]} did not start.");
        return process;
    }
}
