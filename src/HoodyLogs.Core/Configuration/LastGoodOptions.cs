using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace HoodyLogs.Configuration;

/// <summary>
/// Swaps in a new snapshot on each reload that validates. The first one must: its failure is the failure of the start. Not built on
/// <see cref="IOptionsMonitor{TOptions}"/>, whose value throws on every read after a bad reload.
/// </summary>
internal sealed class LastGoodOptions<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>
    : ILastGoodOptions<T>, IDisposable
    where T : ProxyLogsCoreOptions
{
    private readonly IOptionsFactory<T> _factory;
    private readonly ILogger _logger;
    private readonly List<IDisposable> _subscriptions = [];
    private readonly Lock _lock = new();
    private volatile T _current;

    // A list, not an event: by covariance the callbacks are delegates of different types, which do not combine.
    private readonly List<Action<T>> _callbacks = [];
    private readonly ReloadReport _report;
    private string? _reportedFailure;

    public LastGoodOptions(IOptionsFactory<T> factory, IEnumerable<IOptionsChangeTokenSource<T>> sources, ILogger<LastGoodOptions<T>> logger)
    {
        _factory = factory;
        _logger = logger;
        _current = factory.Create(Options.DefaultName);
        _report = new ReloadReport(_current, logger);
        foreach (var source in sources) _subscriptions.Add(ChangeToken.OnChange(source.GetChangeToken, Reload));
    }

    public T Current => _current;

    public IDisposable OnChange(Action<T> changed)
    {
        lock (_lock) _callbacks.Add(changed);
        return new Subscription(this, changed);
    }

    public void Dispose()
    {
        foreach (var subscription in _subscriptions) subscription.Dispose();
    }

    /// <summary>Runs on whatever thread noticed the change, so nothing may escape from it.</summary>
    private void Reload()
    {
        lock (_lock)
        {
            try
            {
                var next = _factory.Create(Options.DefaultName);
                _current = next;
                _reportedFailure = null;
                foreach (var callback in _callbacks.ToArray()) callback(next);
                _report.Reloaded(next);
            }
#pragma warning disable CA1031 // a host's delegate may throw anything
            catch (Exception failure)
#pragma warning restore CA1031
            {
                // File watchers report one save more than once.
                if (failure.Message == _reportedFailure) return;
                _reportedFailure = failure.Message;
                ConfigurationMessages.ReloadRefused(_logger, failure.Message);
            }
        }
    }

    private sealed class Subscription(LastGoodOptions<T> owner, Action<T> callback) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._lock) owner._callbacks.Remove(callback);
        }
    }
}
