namespace HoodyLogs;

/// <summary>Takes one entry while it is being read.</summary>
/// <param name="entry">Valid only during this call.</param>
public delegate void LogEntryVisitor(in LogEntryView entry);
