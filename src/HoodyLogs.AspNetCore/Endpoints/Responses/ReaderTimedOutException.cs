namespace HoodyLogs.AspNetCore.Endpoints.Responses;

/// <summary>The client took nothing of its answer for <c>Limits:SendTimeout</c>. Its connection was cut off, so nobody waits for an answer.</summary>
internal sealed class ReaderTimedOutException : OperationCanceledException;
