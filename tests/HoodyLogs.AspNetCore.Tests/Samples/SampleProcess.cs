using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using HoodyLogs.AspNetCore.Tests.Architecture;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Samples;

/// <summary>Runs a sample as users do: as a process in an unrelated working directory.</summary>
internal sealed class SampleProcess : IAsyncDisposable
{
    private const int Sigterm = 15;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private SampleProcess(string program, string workingDirectory, string? environment, string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [PathOf(program), .. args])
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in new[] { "DOTNET_ENVIRONMENT", "ASPNETCORE_ENVIRONMENT", "ASPNETCORE_URLS", "LOGS_ADMIN_FANOUT" }) start.Environment.Remove(name);
        if (environment is not null) start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The output of the process.</summary>
    public string Output => string.Join('\n', _lines);

    public int Id => _process.Id;

    public int ExitCode => _process.ExitCode;

    /// <summary>Starts a sample.</summary>
    public static SampleProcess Start(string program, string workingDirectory, string? environment = null, params string[] args) =>
        new(program, workingDirectory, environment, args);

    /// <summary>Starts the proxy on a free port and waits for its curl lines.</summary>
    public static async Task<SampleProxy> StartProxyAsync(string workingDirectory, string? environment, params string[] args)
    {
        var process = Start("ReverseProxy", workingDirectory, environment, ["--urls", "http://127.0.0.1:0", .. args]);
        await Eventually.Holds(() => process._process.HasExited || process.Output.Contains("/_logs/stream", StringComparison.Ordinal), "the sample listens");
        if (process._process.HasExited) Assert.Fail($"The sample ended:\n{process.Output}");
        return new SampleProxy(process);
    }

    public void Terminate() => Assert.That(Kill(_process.Id, Sigterm), Is.Zero);

    /// <summary>Kills the process with SIGKILL, as a crash would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await EndAsync();
    }

    public async Task EndAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(limit.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);

    /// <summary>Returns the path of the built sample: bin/{configuration}/{framework}/.</summary>
    private static string PathOf(string program)
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(SourceTree.Root, "samples", program, "bin", framework.Parent!.Name, framework.Name, $"{program}.dll");
    }

    private void Keep(string? line)
    {
        if (line is not null) _lines.Enqueue(line);
    }
}
