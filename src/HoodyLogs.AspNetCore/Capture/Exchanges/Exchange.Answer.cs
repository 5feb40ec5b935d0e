namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <content>Since when the client may have the whole response, though the exchange is not recorded yet.</content>
internal sealed partial class Exchange
{
    private long _answeredAt;

    /// <summary>When the response may have become complete, as a timestamp of the system's clock; 0 before that.</summary>
    public long AnsweredAt => Volatile.Read(ref _answeredAt);

    /// <summary>Notes that the client may have the whole response from now on.</summary>
    public void NoteAnswer() => Volatile.Write(ref _answeredAt, TimeProvider.System.GetTimestamp());

    /// <summary>The same, if the bytes that are passed on next are the last ones.</summary>
    /// <param name="bytes">How many are passed on.</param>
    public void NoteAnswerBefore(int bytes)
    {
        if (IsPromiseKept(bytes)) NoteAnswer();
    }
}
