using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Architecture.Model;

internal static class Violations
{
    /// <summary>Fails with all violations in full; other assertions shorten long lists.</summary>
    public static void None(IEnumerable<string> violations)
    {
        var all = violations.ToList();
        if (all.Count > 0) Assert.Fail($"{all.Count} violations:\n{string.Join('\n', all)}");
    }
}
