namespace HoodyLogs;

/// <summary>Receives one entry during a read.</summary>
/// <param name="entry">The entry. It is valid only during this call.</param>
public delegate void LogEntryVisitor(in LogEntryView entry);
