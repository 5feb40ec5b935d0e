namespace HoodyLogs.TestSupport;

/// <summary>A temporary folder that is deleted when the test ends.</summary>
public sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("hoodylogs-").FullName;

    public string Database => System.IO.Path.Combine(Path, "logs.db");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
