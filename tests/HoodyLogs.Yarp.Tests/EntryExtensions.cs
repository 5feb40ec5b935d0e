using System.Text.Json;

namespace HoodyLogs.Yarp.Tests;

internal static class EntryExtensions
{
    /// <summary>Returns a member of the entry. Null if there is none.</summary>
    public static string? Text(this JsonElement entry, string name) => entry.TryGetProperty(name, out var value) ? value.ToString() : null;

    /// <summary>Returns a member of the entry's data. Null if there is none.</summary>
    public static string? Data(this JsonElement entry, string name) => entry.GetProperty("data").Text(name);

    public static (string? Project, string? Container, string? Service) Scope(this JsonElement entry) =>
        (entry.Text("projectId"), entry.Text("containerId"), entry.Text("serviceName"));
}
