namespace HoodyLogs.Storage;

/// <summary>Passes on to the store. An object of its own, so that a container does not dispose of the store before the writer.</summary>
internal sealed class StoreBackupForwarder(ILogBackup store) : ILogBackup
{
    public Task BackupAsync(string folder, CancellationToken cancellationToken) => store.BackupAsync(folder, cancellationToken);
}
