namespace HoodyLogs.Storage;

/// <summary>Forwards calls to the store. A separate object, so that the service container does not dispose the store before the writer.</summary>
internal sealed class StoreBackupForwarder(ILogBackup store) : ILogBackup
{
    public Task BackupAsync(string folder, CancellationToken cancellationToken) => store.BackupAsync(folder, cancellationToken);
}
