namespace HoodyLogs.Storage.Sqlite.Reading;

/// <summary>
/// Runs scans on a few dedicated threads, so that they use no pool threads of the host and only a share of the processors. Scopes take turns: a scope
/// that queues many scans delays only its own. Threads start on demand.
/// </summary>
/// <param name="maxThreads">The maximum number of concurrent scans.</param>
internal sealed class ScanScheduler(int maxThreads) : IDisposable
{
    private readonly object _lock = new();
    private readonly Dictionary<LogScope, ScopeQueue> _queues = [];
    private readonly LinkedList<ScopeQueue> _turns = [];
    private readonly List<Thread> _threads = [];
    private readonly CancellationTokenSource _stopping = new();
    private int _idle;
    private int _queued;
    private bool _isStopped;

    /// <summary>The number of threads.</summary>
    public int Threads
    {
        get
        {
            lock (_lock) return _threads.Count;
        }
    }

    /// <summary>The number of scans that wait for a thread.</summary>
    public int Queued
    {
        get
        {
            lock (_lock) return _queued;
        }
    }

    /// <summary>Queues a scan and runs it when it is its turn.</summary>
    /// <param name="scope">The scope whose turn the scan takes.</param>
    /// <param name="read">The scan. Its token is cancelled when the caller cancels or the store closes.</param>
    /// <param name="cancellationToken">Removes the scan from the queue, or cancels it.</param>
    public Task<T> RunAsync<T>(LogScope scope, Func<CancellationToken, T> read, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<T>(cancellationToken);
        var scan = new Scan<T>(read, cancellationToken);
        lock (_lock)
        {
            if (_isStopped) return Task.FromException<T>(Closed());
            Enqueue(scope, scan);
            if (_idle >= _queued || _threads.Count == maxThreads) Monitor.Pulse(_lock);
            else StartThread();
        }

        // Not inside the lock: if the token is already cancelled, the callback runs at once.
        if (cancellationToken.CanBeCanceled) scan.OnCancelled(cancellationToken.UnsafeRegister(_ => Cancel(scan), null));
        return scan.Task;
    }

    /// <summary>Fails queued scans and cancels running ones. Does not wait for them, because a scan can hang.</summary>
    public void Dispose()
    {
        List<Scan> refused;
        lock (_lock)
        {
            if (_isStopped) return;
            _isStopped = true;
            refused = [.. _turns.SelectMany(queue => queue.Scans)];
            foreach (var scan in refused) scan.Node = null;
            _turns.Clear();
            _queues.Clear();
            _queued = 0;
            Monitor.PulseAll(_lock);
        }

        _stopping.Cancel();
        foreach (var scan in refused) scan.Fail(Closed());
    }

    private static LogStoreException Closed() => new("The log store is closed.");

    private void Enqueue(LogScope scope, Scan scan)
    {
        if (!_queues.TryGetValue(scope, out var queue))
        {
            _queues.Add(scope, queue = new ScopeQueue(scope));
            queue.Turn = _turns.AddLast(queue);
        }

        scan.Queue = queue;
        scan.Node = queue.Scans.AddLast(scan);
        _queued++;
    }

    private void StartThread()
    {
        var thread = new Thread(Work) { IsBackground = true, Name = $"HoodyLogs scan {_threads.Count + 1}" };
        thread.Start();
        _threads.Add(thread);
    }

    private void Work()
    {
        while (Next() is { } scan) scan.Run(_stopping.Token);
    }

    private Scan? Next()
    {
        lock (_lock)
        {
            while (_turns.First is null)
            {
                if (_isStopped) return null;
                _idle++;
                Monitor.Wait(_lock);
                _idle--;
            }

            var queue = _turns.First.Value;
            var scan = queue.Scans.First!.Value;
            Dequeue(scan);

            // The scope goes to the end of the turns.
            if (queue.Scans.Count > 0)
            {
                _turns.Remove(queue.Turn!);
                _turns.AddLast(queue.Turn!);
            }

            return scan;
        }
    }

    private void Dequeue(Scan scan)
    {
        var queue = scan.Queue!;
        queue.Scans.Remove(scan.Node!);
        scan.Node = null;
        _queued--;
        if (queue.Scans.Count > 0) return;
        _turns.Remove(queue.Turn!);
        _queues.Remove(queue.Scope);
    }

    private void Cancel(Scan scan)
    {
        lock (_lock)
        {
            if (scan.Node is null) return; // it is running and observes its token
            Dequeue(scan);
        }

        scan.Cancel();
    }

    private sealed class ScopeQueue(LogScope scope)
    {
        public LogScope Scope { get; } = scope;

        public LinkedList<Scan> Scans { get; } = [];

        public LinkedListNode<ScopeQueue>? Turn { get; set; }
    }

    private abstract class Scan
    {
        public ScopeQueue? Queue { get; set; }

        /// <summary>The position in the queue. Null when the scan has left the queue.</summary>
        public LinkedListNode<Scan>? Node { get; set; }

        public abstract void Run(CancellationToken stopping);

        public abstract void Fail(LogStoreException failure);

        public abstract void Cancel();
    }

    private sealed class Scan<T>(Func<CancellationToken, T> read, CancellationToken cancellationToken) : Scan
    {
        // Continuations must not run on scan threads.
        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Task => _result.Task;

        public void OnCancelled(CancellationTokenRegistration registration) => _ = _result.Task.ContinueWith(
            static (_, registration) => ((CancellationTokenRegistration)registration!).Dispose(), registration, CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        public override void Run(CancellationToken stopping)
        {
            try
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
                _result.TrySetResult(read(either.Token));
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                Cancel();
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                Fail(Closed());
            }
#pragma warning disable CA1031 // all failures go to the caller
            catch (Exception failure)
#pragma warning restore CA1031
            {
                _result.TrySetException(failure);
            }
        }

        public override void Fail(LogStoreException failure) => _result.TrySetException(failure);

        public override void Cancel() => _result.TrySetCanceled(cancellationToken);
    }
}
