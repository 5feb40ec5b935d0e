using HoodyLogs.Storage.Bodies;
using HoodyLogs.Storage.Files;
using HoodyLogs.Storage.Sqlite.Database;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace HoodyLogs.Storage.Sqlite.Files;

/// <summary>Copies an open store to a new folder, on the thread of the caller.</summary>
internal sealed class StoreBackup(string database, BodyFiles bodies, string folder, CancellationToken cancellation)
{
    private const int CopyBytes = 1024 * 1024;
    private const int InstructionsBetweenChecks = 1000;

    private readonly string _partial = $"{folder}.{Guid.NewGuid():N}.partial";

    /// <summary>Makes the copy.</summary>
    /// <exception cref="LogStoreException">The folder exists, or the copy cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The copy was cancelled.</exception>
    public void Run()
    {
        if (Path.Exists(folder)) throw new LogStoreException($"The backup folder {folder} already exists. Choose a folder that does not exist.");
        try
        {
            PrivateFiles.CreateFolder(_partial);
            Copy();
            cancellation.ThrowIfCancellationRequested();
            Directory.Move(_partial, folder);
        }
        catch (Exception failure)
        {
            DeletePartial();
            cancellation.ThrowIfCancellationRequested();
            if (failure is IOException or UnauthorizedAccessException) throw new LogStoreException($"The backup to {folder} cannot be written: {failure.Message}", failure);
            throw;
        }
    }

    private string PartialDatabase => Path.Combine(_partial, Path.GetFileName(database));

    private void Copy()
    {
        // An open file stays readable after retention has deleted it.
        var opened = new Dictionary<string, SafeFileHandle>();
        try
        {
            OpenBodyFiles(opened);
            CopyDatabase();
            OpenBodyFiles(opened); // files that were created before the database was copied
            foreach (var (path, handle) in opened) CopyBodyFile(handle, Path.Combine(_partial, Path.GetFileName(path)));
        }
        finally
        {
            foreach (var handle in opened.Values) handle.Dispose();
        }
    }

    private void CopyDatabase()
    {
        // SQLite writes into the existing empty file, which keeps its permissions.
        new FileStream(PartialDatabase, PrivateFiles.Options(FileMode.CreateNew, FileShare.ReadWrite)).Dispose();
        using (var source = SqliteDatabase.OpenReader(database))
        {
            raw.sqlite3_progress_handler(source.Handle, InstructionsBetweenChecks, _ => cancellation.IsCancellationRequested ? 1 : 0, null);
            using var vacuum = source.Prepare("VACUUM INTO ?1");
            vacuum.BindText(1, PartialDatabase).Execute();
        }

        using (var copy = SqliteDatabase.OpenWriter(PartialDatabase))
        {
            copy.Execute("PRAGMA journal_mode = DELETE");
            BackupMarker.Add(copy);
        }

        using var file = File.OpenHandle(PartialDatabase, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(file);
    }

    private void OpenBodyFiles(Dictionary<string, SafeFileHandle> opened)
    {
        foreach (var file in bodies.Files)
        {
            if (opened.ContainsKey(file.Path)) continue;
            try
            {
                opened.Add(file.Path, file.OpenToRead());
            }
            catch (FileNotFoundException)
            {
                // Retention has just deleted it.
            }
        }
    }

    private void CopyBodyFile(SafeFileHandle from, string path)
    {
        using var to = new FileStream(path, PrivateFiles.Options(FileMode.CreateNew, FileShare.None));
        var buffer = new byte[CopyBytes];
        var offset = 0L;
        for (int read; (read = RandomAccess.Read(from, buffer, offset)) > 0; offset += read)
        {
            cancellation.ThrowIfCancellationRequested();
            to.Write(buffer.AsSpan(0, read));
        }

        to.Flush(flushToDisk: true);
    }

    private void DeletePartial()
    {
        try
        {
            if (Directory.Exists(_partial)) Directory.Delete(_partial, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The failure of the copy is reported instead.
        }
    }
}
