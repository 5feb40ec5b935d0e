using HoodyLogs.AspNetCore.Tests.Architecture.Samples.Upper.Left;

namespace HoodyLogs.AspNetCore.Tests.Architecture.Samples.Upper;

internal sealed class UpperType
{
    internal LeftType? Left { get; set; }
}
