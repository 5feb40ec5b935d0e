namespace HoodyLogs.AspNetCore.Tests.Architecture.Samples.Upper.Left;

internal static class LeftThird
{
    internal const int Third = 3;
}
