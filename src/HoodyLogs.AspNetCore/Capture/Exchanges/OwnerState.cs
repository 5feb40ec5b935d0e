using System.Net;
using HoodyLogs.AspNetCore.Capture.Diagnostics;
using HoodyLogs.AspNetCore.Capture.Scopes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>
/// Who an exchange belongs to. The final scope is set once and recorded. Until then a provisional scope serves readers of open exchanges.
/// </summary>
internal struct OwnerState
{
    private const int IsBeingSet = 1;
    private const int IsSet = 2;
    private const int MaxLookups = 3;

    private ExchangeScope _scope;
    private int _scopeState;
    private ResolvedScope? _provisionalScope;
    private IPAddress? _clientAddress;
    private byte _lookups;
    private int _isLookingUp;

    /// <summary>The final scope; null until it is known. Any thread may read it.</summary>
    public readonly ExchangeScope? Scope => Volatile.Read(in _scopeState) == IsSet ? _scope : null;

    /// <summary>The scope as far as it is known while the exchange is open. Any thread may read it.</summary>
    public ResolvedScope? ProvisionalScope
    {
        readonly get => Volatile.Read(in _provisionalScope);
        set => Volatile.Write(ref _provisionalScope, value);
    }

    /// <summary>The client address that the application saw while the exchange was open; null until it is read. Any thread may read it.</summary>
    public readonly IPAddress? ClientAddress => Volatile.Read(in _clientAddress);

    /// <summary>Determines the final scope, unless it is known. The next call looks up an unknown scope again.</summary>
    public void DetermineScope(HttpContext context, in ScopeRules rules, ExchangeScopeResolver scopes)
    {
        if (Scope is not null || scopes.Resolve(context, rules) is var scope && scope == default) return;
        if (Interlocked.CompareExchange(ref _scopeState, IsBeingSet, 0) != 0) return;
        _scope = scope;
        Volatile.Write(ref _scopeState, IsSet);
    }

    /// <summary>Looks up the provisional scope, at most three times for one exchange.</summary>
    public void LookUpScope(ref ContextGuard guard, HttpContext context, in ScopeRules rules, ExchangeScopeResolver scopes)
    {
        // The delegate of the host may cause another lookup, and two threads may transfer bodies at once.
        if (_lookups >= MaxLookups || guard.IsClosed || Interlocked.Exchange(ref _isLookingUp, 1) != 0) return;
        _lookups++;
        try
        {
            if (!guard.TryEnter()) return;
            try
            {
                // A failure of the delegate is counted when the exchange ends.
                ProvisionalScope = scopes.Share(scopes.Resolve(context, rules, countsFailure: false));
            }
            finally
            {
                guard.Exit();
            }
        }
        finally
        {
            Volatile.Write(ref _isLookingUp, 0);
        }
    }

    /// <summary>Reads the client address, unless that is done.</summary>
    public void ReadClientAddress(HttpContext context, CaptureFailures failures)
    {
        if (_clientAddress is not null) return;
        try
        {
            Volatile.Write(ref _clientAddress, context.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress);
        }
#pragma warning disable CA1031 // capture must not fail an exchange
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failures.Report(exception, "Noting the address of a client");
        }
    }
}
