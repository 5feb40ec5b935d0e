using HoodyLogs.AspNetCore.Tests.Architecture.Samples.Upper.Left;

namespace HoodyLogs.AspNetCore.Tests.Architecture.Samples.Upper.Right;

internal sealed class RightType
{
    internal LeftAgain? Left { get; set; }

    internal static int Third => LeftThird.Third;
}
