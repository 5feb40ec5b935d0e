using HoodyLogs.AspNetCore.Tests.Architecture.Samples.Upper.Right;

namespace HoodyLogs.AspNetCore.Tests.Architecture.Samples.Upper.Left;

internal sealed class LeftType
{
    internal RightType? Right { get; set; }
}
