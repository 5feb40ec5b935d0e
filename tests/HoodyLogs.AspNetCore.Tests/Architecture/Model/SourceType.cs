namespace HoodyLogs.AspNetCore.Tests.Architecture.Model;

/// <summary>A top-level type and the folder of its source, which starts with the name of its project.</summary>
internal sealed record SourceType(string Name, string Folder)
{
    public override string ToString() => $"{Folder}/{Name}";
}
