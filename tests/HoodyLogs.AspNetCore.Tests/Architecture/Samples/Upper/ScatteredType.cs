namespace HoodyLogs.AspNetCore.Tests.Architecture.Samples.Upper;

internal static partial class ScatteredType;
