namespace HoodyLogs;

/// <summary>Which entries a <see cref="LogRecord"/> has.</summary>
public enum RecordShape : byte
{
    /// <summary>A complete exchange: a request entry (id n) and a response entry (id n + 1).</summary>
    Exchange,

    /// <summary>A request entry only, written on arrival (<c>RequestEntry: AtArrival</c>).</summary>
    Request,

    /// <summary>A response entry only. Its request entry was written on arrival.</summary>
    Response,

    /// <summary>One event entry.</summary>
    Event,
}
