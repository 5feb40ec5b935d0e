namespace HoodyLogs.AspNetCore.Tests.Architecture.Samples.Upper.Left;

internal sealed class LeftAgain
{
    internal UpperType? Upper { get; set; }
}
