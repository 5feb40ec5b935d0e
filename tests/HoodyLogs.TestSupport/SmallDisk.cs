using System.Diagnostics;
using NUnit.Framework;

namespace HoodyLogs.TestSupport;

/// <summary>A small file system in memory, which a test can fill or make read-only. A test without permission to mount it is ignored.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly string _filler;

    private SmallDisk(string path) => (Path, _filler) = (path, System.IO.Path.Combine(path, "filler"));

    public string Path { get; }

    public string Database => System.IO.Path.Combine(Path, "logs.db");

    public static SmallDisk Mount(string options = "size=8m")
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("This test mounts a file system, which it knows how to do on Linux only.");
        var path = Directory.CreateTempSubdirectory("hoodylogs-disk-").FullName;
        if (Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", path) == 0) return new SmallDisk(path);
        Directory.Delete(path);
        Assert.Ignore("This test mounts a file system, which this user may not do.");
        return null!;
    }

    public void Remount(string options) => Assert.That(Run("mount", "-o", $"remount,{options}", Path), Is.Zero);

    /// <summary>Fills the file system completely.</summary>
    public void Fill()
    {
        using var file = File.Create(_filler);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(block);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    public void Free() => File.Delete(_filler);

    public void Dispose()
    {
        Run("umount", "-l", Path);
        Directory.Delete(Path);
    }

    private static int Run(string program, params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
