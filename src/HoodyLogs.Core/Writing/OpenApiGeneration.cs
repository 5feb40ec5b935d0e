using System.Reflection;

namespace HoodyLogs.Writing;

/// <summary>Whether the host runs inside the tool that writes an OpenAPI document at build time. It then serves nothing, and must leave no files.</summary>
internal static class OpenApiGeneration
{
    private const string Tool = "GetDocument.Insider";

    public static bool IsRunning => Assembly.GetEntryAssembly()?.GetName().Name == Tool;
}
