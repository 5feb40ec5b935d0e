namespace HoodyLogs;

/// <summary>Copies the log store while it is in use.</summary>
public interface ILogBackup
{
    /// <summary>
    /// Writes a consistent copy of the database and its bodies to a new folder. The store accepts reads and writes during the copy. To restore the copy,
    /// stop the proxy and put the files at the configured path.
    /// </summary>
    /// <param name="folder">
    /// The folder to create. It must not exist. It appears when the copy is complete and flushed to the disk. Until then, the files are in a folder next
    /// to it whose name ends in <c>.partial</c>. The copy needs about as much space as the store.
    /// </param>
    /// <param name="cancellationToken">Cancels the copy. All files of the copy are deleted.</param>
    /// <remarks>
    /// The copy contains the entries that were stored when the call began. To include entries that are still queued, await <c>ILogSink.FlushAsync</c> first.
    /// If retention deletes a body during the copy, the body is lost in the copy. Only the owner of the files can read them.
    /// </remarks>
    /// <exception cref="ArgumentException">The folder is empty or blank.</exception>
    /// <exception cref="LogStoreException">The folder exists, the copy cannot be written, or the store is closed. All files of the copy are deleted.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    Task BackupAsync(string folder, CancellationToken cancellationToken);
}
