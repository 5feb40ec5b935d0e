using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace HoodyLogs.Configuration;

/// <summary>
/// Replaces the options on each valid reload. If the first options are not valid, the host does not start. Does not use
/// <see cref="IOptionsMonitor{TOptions}"/>, because its value throws on every read after a bad reload.
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

    // A list, not an event: covariance gives callbacks of different types, which do not combine.
    private readonly List<Action<T>> _callbacks = [];
    private readonly ReloadReport _report;
    private string? _reportedFailure;

    public LastGoodOptions(
        IOptionsFactory<T> factory, IEnumerable<IOptionsChangeTokenSource<T>> sources, OptionsBinding<T> binding, ProxyLogsSection section,
        ILogger<LastGoodOptions<T>> logger)
    {
        _factory = factory;
        _logger = logger;
        _current = factory.Create(Options.DefaultName);
        _report = new ReloadReport(binding.Schema, section.Path, _current, logger);
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

    /// <summary>Reads the options again. Never throws, because it runs on the thread of a file watcher.</summary>
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
#pragma warning disable CA1031 // a delegate of the host may throw anything
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
