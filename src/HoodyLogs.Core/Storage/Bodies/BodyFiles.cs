using System.Buffers;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace HoodyLogs.Storage.Bodies;

/// <summary>
/// The files with the captured bodies, next to the database. Bodies are appended once and deleted by whole files. In SQLite, each body would be written
/// twice, page by page. One writer uses this class. Any number of <see cref="BodyReader"/> instances read the files.
/// </summary>
/// <remarks>
/// The bodies of a batch are written before the database commits the batch. Therefore a row that survives a kill has its bodies. Bodies of a batch that
/// was not committed are overwritten, or never read. A power cut can lose bytes that the operating system has not written yet. The checksum detects
/// this. Each start creates a new file, so no other body is ever written to the location of a lost one.
/// </remarks>
internal sealed class BodyFiles : IDisposable
{
    private const string Suffix = "-bodies-";
    private const int BufferBytes = 256 * 1024;
    private const long MinFileBytes = 64 * 1024;
    private const long MaxFileBytes = 64 * 1024 * 1024;

    private readonly string _database;
    private readonly Func<RetentionOptions> _retention;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
    private BodyFile[] _files;
    private SafeFileHandle? _newest;
    private long _written;
    private int _buffered;
    private int _committedFiles;
    private long _fileLimit;

    private BodyFiles(string database, Func<RetentionOptions> retention, BodyFile[] files) =>
        (_database, _retention, _files, _committedFiles) = (database, retention, files, files.Length);

    /// <summary>Gets the disk space that bodies can waste: a file is deleted when all its records are deleted, so up to a sixteenth of the limit is unused.</summary>
    public static long MaxUnusedBytes(long bytes) => bytes / 16;

    /// <summary>The files, oldest first. Safe to read from any thread.</summary>
    public IReadOnlyList<BodyFile> Files => Volatile.Read(ref _files);

    /// <summary>The size of all files in bytes.</summary>
    public long Bytes => _files.Sum(file => file.Bytes);

    /// <summary>Finds the files of a database.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static BodyFiles Open(string database, Func<RetentionOptions> retention) =>
        new(database, retention, [.. FindAll(database).OrderBy(file => file.FirstId)]);

    /// <summary>Returns whether a database has body files.</summary>
    public static bool Exist(string database) => FindAll(database).Any();

    /// <summary>Deletes the files that a deleted database has left.</summary>
    public static void DeleteAll(string database)
    {
        foreach (var file in FindAll(database)) File.Delete(file.Path);
    }

    /// <summary>Renames the files so that they belong to another database.</summary>
    public static void Move(string database, string toDatabase)
    {
        foreach (var file in FindAll(database)) File.Move(file.Path, GetPath(toDatabase, file.FirstId));
    }

    /// <summary>Estimates how many of the <see cref="Bytes"/> belong to records with this id or a higher one. The ids in the oldest file serve as the measure.</summary>
    public long EstimateBytesFrom(long retentionFloor, long nextId)
    {
        var bytes = Bytes;
        if (_files is not [var oldest, ..]) return bytes;
        var deleted = (retentionFloor - oldest.FirstId) / (double)Math.Max(1, GetEndOfOldest(nextId) - oldest.FirstId);
        return bytes - (long)(oldest.Bytes * Math.Clamp(deleted, 0, 1));
    }

    /// <summary>Begins a batch after the last committed one. Deletes files that a failed batch has created.</summary>
    /// <exception cref="LogStoreException">A file cannot be deleted.</exception>
    public void BeginBatch()
    {
        if (_files.Length > _committedFiles) DeleteUncommitted();
        (_written, _buffered, _fileLimit) = (_files is [.., var newest] ? newest.Bytes : 0, 0, GetFileLimit());
    }

    /// <summary>Adds the bodies of the next record of the batch. They are in the file after <see cref="Flush"/>.</summary>
    /// <exception cref="LogStoreException">The bodies cannot be written.</exception>
    public BodyLocation Add(LogRecord record)
    {
        try
        {
            if (_newest is null || _written + _buffered >= _fileLimit) StartFile(record.Id);
            var offset = (uint)(_written + _buffered);
            var request = Append(record.RequestBody);
            return new BodyLocation(offset, request, Append(record.ResponseBody));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(failure);
        }
    }

    /// <summary>Writes the added bodies to the operating system.</summary>
    /// <exception cref="LogStoreException">The bodies cannot be written.</exception>
    public void Flush()
    {
        try
        {
            if (_buffered > 0) WriteBuffer();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(failure);
        }
    }

    /// <summary>Records that the batch is committed.</summary>
    public void CommitBatch()
    {
        if (_files is [.., var newest]) newest.Bytes = _written;
        _committedFiles = _files.Length;
    }

    /// <summary>Overwrites the bodies of a record if they are at the location in its row.</summary>
    /// <param name="id">The id of the record.</param>
    /// <param name="location">The location in the row of the record.</param>
    /// <param name="locate">Returns the location of another record's bodies. Null if the record has no bodies.</param>
    /// <exception cref="LogStoreException">The file cannot be written, or a row cannot be read.</exception>
    public void Erase(long id, BodyLocation location, Func<long, BodyLocation?> locate)
    {
        var files = Volatile.Read(ref _files);
        if (FindFile(id) is not { } file || location.Bytes == 0) return;
        var next = Array.IndexOf(files, file) + 1;
        try
        {
            using var handle = file.OpenToWrite(isNew: false);
            new BodyEraser(handle, file.FirstId, next < files.Length ? files[next].FirstId : long.MaxValue, locate).Erase(id, location);
        }
        catch (FileNotFoundException)
        {
            // Another program has deleted the file.
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(failure);
        }
    }

    /// <summary>Deletes the oldest file if all its records are below the retention floor.</summary>
    /// <param name="retentionFloor">The lowest id that is kept.</param>
    /// <param name="nextId">The lowest id that is not stored yet.</param>
    /// <returns>True if a file was deleted.</returns>
    /// <exception cref="LogStoreException">The file cannot be deleted.</exception>
    public bool DeleteOldest(long retentionFloor, long nextId)
    {
        var files = _files;
        if (files.Length == 0 || retentionFloor < GetEndOfOldest(nextId)) return false;
        try
        {
            if (files.Length == 1) CloseNewest();
            File.Delete(files[0].Path);
            Volatile.Write(ref _files, files[1..]);
            _committedFiles = Math.Max(0, _committedFiles - 1);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(failure);
        }
    }

    /// <summary>Finds the file with the bodies of a record. Null if retention has deleted it.</summary>
    public BodyFile? FindFile(long id)
    {
        var files = Volatile.Read(ref _files);
        var (first, end) = (0, files.Length);
        while (first < end)
        {
            var middle = (first + end) / 2;
            if (files[middle].FirstId <= id) first = middle + 1;
            else end = middle;
        }

        return first == 0 ? null : files[first - 1];
    }

    public void Dispose() => CloseNewest();

    private long GetFileLimit()
    {
        var limit = _retention().MaxBytes;
        return Math.Clamp(MaxUnusedBytes(limit == 0 ? Bytes : Math.Min(Bytes, limit)), MinFileBytes, MaxFileBytes);
    }

    private long GetEndOfOldest(long nextId) => _files.Length > 1 ? _files[1].FirstId : nextId;

    private static string GetPath(string database, long firstId) => string.Create(CultureInfo.InvariantCulture, $"{database}{Suffix}{firstId}");

    private static IEnumerable<BodyFile> FindAll(string database)
    {
        var start = Path.GetFileName(database) + Suffix;
        foreach (var file in new DirectoryInfo(Path.GetDirectoryName(database)!).GetFiles())
        {
            if (!file.Name.StartsWith(start, StringComparison.Ordinal)) continue;
            var name = file.Name.AsSpan(start.Length);
            if (long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var firstId)) yield return new BodyFile(file.FullName, firstId, file.Length);
        }
    }

    private LogStoreException CannotWrite(Exception failure) =>
        new($"The body files of the log database {_database} cannot be written: {failure.Message}", failure);

    private void CloseNewest()
    {
        _newest?.Dispose();
        _newest = null;
    }

    private void StartFile(long firstId)
    {
        if (_buffered > 0) WriteBuffer();
        if (_newest is not null) _files[^1].Bytes = _written;
        var file = new BodyFile(GetPath(_database, firstId), firstId, 0);
        var handle = file.OpenToWrite(isNew: true);
        CloseNewest();
        (_newest, _written) = (handle, 0);
        Volatile.Write(ref _files, [.. _files, file]);
    }

    private void DeleteUncommitted()
    {
        try
        {
            CloseNewest();
            foreach (var file in _files[_committedFiles..]) File.Delete(file.Path);
            Volatile.Write(ref _files, _files[.._committedFiles]);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(failure);
        }
    }

    private StoredBody Append(CapturedBody? body)
    {
        if (body is null) return default;
        var content = body.Content.Span;
        var maxBytes = StoredBody.MaxStoredBytes(content.Length);
        if (maxBytes > BufferBytes - _buffered) WriteBuffer();
        if (maxBytes > BufferBytes) return AppendLong(content, maxBytes);
        var stored = StoredBody.Write(content, _buffer.AsSpan(_buffered));
        _buffered += (int)stored.Bytes;
        return stored;
    }

    private StoredBody AppendLong(ReadOnlySpan<byte> content, int maxBytes)
    {
        var rented = ArrayPool<byte>.Shared.Rent(maxBytes);
        try
        {
            var stored = StoredBody.Write(content, rented);
            WriteToFile(rented.AsSpan(0, (int)stored.Bytes));
            return stored;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private void WriteBuffer()
    {
        WriteToFile(_buffer.AsSpan(0, _buffered));
        _buffered = 0;
    }

    private void WriteToFile(ReadOnlySpan<byte> stored)
    {
        RandomAccess.Write(_newest!, stored, _written);
        _written += stored.Length;
    }
}
