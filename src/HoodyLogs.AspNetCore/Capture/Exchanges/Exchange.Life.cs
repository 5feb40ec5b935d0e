using HoodyLogs.AspNetCore.Capture.Taps;
using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <content>Beginning and end: standing in for features, giving them back, and who may ask while it lasts.</content>
internal sealed partial class Exchange
{
    private const int Ended = int.MinValue;
    private const int IsLearning = 1;
    private const int IsKnown = 2;

    /// <summary>Each gives one feature back, since the one before may fail.</summary>
    private static readonly Action<Exchange, IFeatureCollection>[] Restorations =
    [
        static (exchange, features) => { if (ReferenceEquals(features.Get<IHttpResponseBodyFeature>(), exchange)) features.Set(exchange._responseBody); },
        static (exchange, features) => { if (ReferenceEquals(features.Get<IHttpRequestLifetimeFeature>(), exchange)) features.Set(exchange._lifetime); },
        static (exchange, features) => { if (ReferenceEquals(features.Get<IHttpResetFeature>(), exchange)) features.Set(exchange._reset); },
        static (exchange, _) => exchange._request?.RemovePipe(exchange.Context),
        static (exchange, _) => exchange._request?.RemoveStream(exchange.Context),
        static (exchange, _) => exchange._upgrade?.Remove(exchange.Context),
    ];

    private ExchangeScope _scope;
    private int _scopeState;

    /// <summary>How many threads ask whose it is; negative once it has ended.</summary>
    private int _asking;
    private TaskCompletionSource? _letGo;

    /// <summary>Whose it is, once that was asked. Any thread may read it: it is learned once and never changes.</summary>
    public ExchangeScope? Scope => Volatile.Read(ref _scopeState) == IsKnown ? _scope : null;

    /// <summary>Whether it has been recorded or left out; its context may serve another request already.</summary>
    public bool HasEnded => Volatile.Read(ref _asking) < 0;

    /// <summary>Stands in for the features of the server. If this fails half-way, <see cref="Withdraw"/> gives them back.</summary>
    public void Install()
    {
        var features = Context.Features;
        if (features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false })
        {
            _request = RequestTap.Of(this);
            _request.Install(Context);
        }

        _upgrade = UpgradeTap.Of(this);
        _upgrade?.Install(features);
        features.Set<IHttpResponseBodyFeature>(this);
        if (_lifetime is not null) features.Set<IHttpRequestLifetimeFeature>(this);
        if (_reset is not null) features.Set<IHttpResetFeature>(this);
        features.Set<IEndpointFeature>(this);
        features.Set<ICaptureFeature>(this);
    }

    /// <summary>Gives everything back, so that the exchange goes on as without capture.</summary>
    public void Withdraw()
    {
        RestoreFeatures();
        Restore(static (exchange, features) => { if (ReferenceEquals(features.Get<IEndpointFeature>(), exchange)) features.Set(exchange._chosen); });
        Restore(static (_, features) => features.Set(ICaptureFeature.LeftOut));
        _ = End();
    }

    /// <summary>Keeps the exchange from ending while its context is asked by another thread; <see cref="LetGo"/> must follow.</summary>
    /// <returns>False once it has ended: its context must not be asked any more.</returns>
    public bool TryHold()
    {
        for (var asking = Volatile.Read(ref _asking); asking >= 0;)
        {
            var found = Interlocked.CompareExchange(ref _asking, asking + 1, asking);
            if (found == asking) return true;
            asking = found;
        }

        return false;
    }

    /// <summary>Ends what <see cref="TryHold"/> began.</summary>
    public void LetGo()
    {
        if (Interlocked.Decrement(ref _asking) == Ended) _letGo!.TrySetResult();
    }

    /// <summary>Keeps whose it is, unless that is known already.</summary>
    public void LearnScope(in ExchangeScope scope)
    {
        if (Interlocked.CompareExchange(ref _scopeState, IsLearning, 0) != 0) return;
        _scope = scope;
        Volatile.Write(ref _scopeState, IsKnown);
    }

    /// <summary>Ends the exchange, and lets go what was taken down of bodies and nobody has taken over. Never throws.</summary>
    /// <returns>Is complete once nobody asks its context any more: only then may that serve another request.</returns>
    public Task End()
    {
        var ended = Task.CompletedTask;
        if (Interlocked.CompareExchange(ref _asking, Ended, 0) != 0)
        {
            // Made before the end is to be seen, since the last who asks looks for it then.
            _letGo = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (Interlocked.Or(ref _asking, Ended) != 0) ended = _letGo.Task;
        }

        _recorder.Open.Remove(this);
        DiscardBody(ref _requestTaken);
        DiscardBody(ref _responseTaken);
        return ended;
    }

    /// <summary>
    /// The server's own features may stay replaced until it takes them back, so that error pages of outer middleware are counted too. Those
    /// of outer middleware are given back, for it may compare them.
    /// </summary>
    private void RestoreFeatures()
    {
        foreach (var restoration in Restorations) Restore(restoration);
    }

    private void Restore(Action<Exchange, IFeatureCollection> restoration)
    {
        try
        {
            restoration(this, Context.Features);
        }
#pragma warning disable CA1031 // no exchange fails because of logging
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Failed(exception, "Giving back a feature");
        }
    }
}
