namespace HoodyLogs.AspNetCore.Tests.Architecture.Samples.Upper;

/// <summary>A part of a type that lies in another folder.</summary>
internal static partial class ScatteredType;
