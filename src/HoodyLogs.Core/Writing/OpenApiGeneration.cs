using System.Reflection;

namespace HoodyLogs.Writing;

/// <summary>Whether the host runs in the tool that generates an OpenAPI document during a build. It then serves nothing and must not create files.</summary>
internal static class OpenApiGeneration
{
    private const string Tool = "GetDocument.Insider";

    public static bool IsRunning => Assembly.GetEntryAssembly()?.GetName().Name == Tool;
}
