using System.Buffers;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace HoodyLogs.Storage.Bodies;

/// <summary>
/// The bodies, in files beside the database: written once, from front to back, and removed whole, where SQLite would write each body to its log and
/// again to its file, a page at a time. A batch is written before the database commits it, so a row that is there after a kill finds its bodies;
/// what a batch that was not committed has left behind is written over, or never read. A power cut may take bytes that the operating system had
/// yet to write: the checksum tells, and as every start begins a file of its own, nothing else ever comes to lie there. One writer, any number of
/// <see cref="BodyReader"/>s.
/// </summary>
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

    /// <summary>A file is removed when all of it may go, so that up to a sixteenth more takes room than has to.</summary>
    public static long MaxUnusedBytes(long bytes) => bytes / 16;

    /// <summary>The files, oldest first. Any thread may ask.</summary>
    public IReadOnlyList<BodyFile> Files => Volatile.Read(ref _files);

    /// <summary>How much all files take.</summary>
    public long Bytes => _files.Sum(file => file.Bytes);

    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static BodyFiles Open(string database, Func<RetentionOptions> retention) =>
        new(database, retention, [.. FindAll(database).OrderBy(file => file.FirstId)]);

    /// <summary>Whether there are files of a database.</summary>
    public static bool Exist(string database) => FindAll(database).Any();

    /// <summary>Removes what a database that is gone has left behind.</summary>
    public static void DeleteAll(string database)
    {
        foreach (var file in FindAll(database)) File.Delete(file.Path);
    }

    /// <summary>Gives the files the name of another database.</summary>
    public static void Move(string database, string toDatabase)
    {
        foreach (var file in FindAll(database)) File.Move(file.Path, GetPath(toDatabase, file.FirstId));
    }

    /// <summary>About how much of <see cref="Bytes"/> belongs to records from a horizon on, going by the ids in the oldest file.</summary>
    public long EstimateBytesFrom(long horizon, long nextId)
    {
        var bytes = Bytes;
        if (_files is not [var oldest, ..]) return bytes;
        var passed = (horizon - oldest.FirstId) / (double)Math.Max(1, GetEndOfOldest(nextId) - oldest.FirstId);
        return bytes - (long)(oldest.Bytes * Math.Clamp(passed, 0, 1));
    }

    /// <summary>Begins a batch, behind the last one that was kept. Files that another has begun in vain are removed.</summary>
    /// <exception cref="LogStoreException">They cannot be removed.</exception>
    public void BeginBatch()
    {
        if (_files.Length > _committedFiles) DeleteUncommitted();
        (_written, _buffered, _fileLimit) = (_files is [.., var newest] ? newest.Bytes : 0, 0, GetFileLimit());
    }

    /// <summary>Puts the bodies of the next record of the batch into its file; they are there after <see cref="Flush"/>.</summary>
    /// <exception cref="LogStoreException">They cannot be written.</exception>
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

    /// <summary>Hands what was added to the operating system.</summary>
    /// <exception cref="LogStoreException">It cannot be written.</exception>
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

    /// <summary>Notes that the batch is committed.</summary>
    public void CommitBatch()
    {
        if (_files is [.., var newest]) newest.Bytes = _written;
        _committedFiles = _files.Length;
    }

    /// <summary>Overwrites the bodies of a record, if they are where its row says.</summary>
    /// <param name="id">The id of the record.</param>
    /// <param name="place">Where its row says that they are.</param>
    /// <param name="placeOf">The same of other records; null for those without bodies.</param>
    /// <exception cref="LogStoreException">They cannot be written, or a row cannot be read.</exception>
    public void Erase(long id, BodyLocation place, Func<long, BodyLocation?> placeOf)
    {
        var files = Volatile.Read(ref _files);
        if (FindFile(id) is not { } file || place.Bytes == 0) return;
        var next = Array.IndexOf(files, file) + 1;
        try
        {
            using var handle = file.OpenToWrite(isNew: false);
            new BodyEraser(handle, file.FirstId, next < files.Length ? files[next].FirstId : long.MaxValue, placeOf).Erase(id, place);
        }
        catch (FileNotFoundException)
        {
            // Somebody else has removed it.
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(failure);
        }
    }

    /// <summary>Removes the oldest file, if all of it belongs to records below a horizon.</summary>
    /// <param name="horizon">The first id that is kept.</param>
    /// <param name="nextId">The first id that is not stored yet.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="LogStoreException">It cannot be removed.</exception>
    public bool DeleteOldest(long horizon, long nextId)
    {
        var files = _files;
        if (files.Length == 0 || horizon < GetEndOfOldest(nextId)) return false;
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

    /// <summary>The file that holds the bodies of a record; null where it was removed.</summary>
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
        new($"The bodies of the log database {_database} cannot be written: {failure.Message}", failure);

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
        var most = StoredBody.MaxStoredBytes(content.Length);
        if (most > BufferBytes - _buffered) WriteBuffer();
        if (most > BufferBytes) return AppendLong(content, most);
        var stored = StoredBody.Write(content, _buffer.AsSpan(_buffered));
        _buffered += (int)stored.Bytes;
        return stored;
    }

    private StoredBody AppendLong(ReadOnlySpan<byte> content, int most)
    {
        var rented = ArrayPool<byte>.Shared.Rent(most);
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
