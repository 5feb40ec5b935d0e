namespace HoodyLogs;

/// <summary>Copies the log store while it is in use.</summary>
public interface ILogBackup
{
    /// <summary>
    /// Writes a consistent copy of the database and of the bodies that it refers to into a new folder. Appending and reading go on meanwhile. To restore
    /// it, put the files at the configured path while the proxy is stopped.
    /// </summary>
    /// <param name="folder">
    /// The folder to create; it must not exist. It appears when the copy is complete and flushed to the disk. Until then the files are in a folder beside
    /// it whose name ends in <c>.partial</c>. Needs about as much space as the store.
    /// </param>
    /// <param name="cancellationToken">Ends the copy. Nothing of it stays.</param>
    /// <remarks>
    /// Entries that were accepted and not stored when the call began are not in the copy: await <c>ILogSink.FlushAsync</c> first to include them. A body
    /// that retention removes during the copy is lost in the copy. The files are readable by their owner only.
    /// </remarks>
    /// <exception cref="ArgumentException">The folder is empty or blank.</exception>
    /// <exception cref="LogStoreException">The folder exists, the copy cannot be written, or the store is not open or closes. Nothing of the copy stays.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    Task BackupAsync(string folder, CancellationToken cancellationToken);
}
