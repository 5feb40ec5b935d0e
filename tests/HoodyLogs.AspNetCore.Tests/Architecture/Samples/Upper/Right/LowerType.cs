namespace HoodyLogs.AspNetCore.Tests.Architecture.Samples.Upper.Right;

/// <summary>Shares the name of another type.</summary>
internal static class LowerType;
