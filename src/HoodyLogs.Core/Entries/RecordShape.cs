namespace HoodyLogs;

/// <summary>Which faces a <see cref="LogRecord"/> shows, and so how many entries it is worth.</summary>
public enum RecordShape : byte
{
    /// <summary>A whole exchange: a request entry (id n) and a response entry (id n + 1). Decision E4.</summary>
    Exchange,

    /// <summary>A request entry alone, written on arrival (<c>RequestEntry: AtArrival</c>).</summary>
    Request,

    /// <summary>A response entry alone, whose request was written on arrival.</summary>
    Response,

    /// <summary>One event entry.</summary>
    Event,
}
