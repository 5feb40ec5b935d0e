using System.Collections.Concurrent;
using HoodyLogs.Storage.Bodies;
using HoodyLogs.Storage.Sqlite.Records;
using HoodyLogs.Storage.Sqlite.Segments;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.Storage.Sqlite.Reading;

/// <summary>A pool of readers, so that a read finds an open connection with prepared statements.</summary>
internal sealed class StoreReaderPool(string path, BodyFiles bodies, SegmentCache cache, TimeCorrections corrections, ILogger logger) : IDisposable
{
    /// <summary>The gate through which all readers take their snapshots.</summary>
    public ReaderGate Gate { get; } = new();

    private static readonly int MaxIdle = Math.Max(4, Environment.ProcessorCount * 2);

    private readonly ConcurrentBag<StoreReader> _idle = [];
    private volatile bool _disposed;

    public StoreReader Rent()
    {
        if (_disposed) throw new LogStoreException("The log store is closed.");
        return _idle.TryTake(out var reader) ? reader : new StoreReader(path, bodies, cache, corrections, Gate, logger);
    }

    public void Return(StoreReader reader)
    {
        if (_disposed || _idle.Count >= MaxIdle) reader.Dispose();
        else _idle.Add(reader);
    }

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out var reader)) reader.Dispose();
    }
}
