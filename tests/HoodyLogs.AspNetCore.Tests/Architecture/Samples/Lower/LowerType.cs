using HoodyLogs.AspNetCore.Tests.Architecture.Samples.Upper;

namespace HoodyLogs.AspNetCore.Tests.Architecture.Samples;

internal sealed class LowerType
{
    internal static string Text() => new UpperType().ToString()!;
}
