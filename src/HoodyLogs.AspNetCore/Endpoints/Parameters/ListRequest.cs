namespace HoodyLogs.AspNetCore.Endpoints.Parameters;

/// <summary>A scoped list as it was asked for.</summary>
/// <param name="Query">What to read.</param>
/// <param name="OffsetIsFromEnd">Whether the answer's <c>offset</c> is where the last N begin: <c>last</c> came without limit and offset (decision L3).</param>
internal readonly record struct ListRequest(LogQuery Query, bool OffsetIsFromEnd);
