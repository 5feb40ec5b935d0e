using System.Net;
using HoodyLogs.AspNetCore.Capture.Scopes;
using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <content>What <see cref="OpenExchanges"/> shows of the exchange while it lasts. Other threads read this, so nothing here touches the live request.</content>
internal sealed partial class Exchange
{
    private const int MaxScopeQuestions = 3;

    private static readonly TimeSpan BeforeShown = TimeSpan.FromSeconds(1);

    private readonly RequestStart _arrival;
    private ResolvedScope? _openScope;
    private byte _scopeQuestions;
    private int _isAskedForScope;
    private IPAddress? _address;

    /// <summary>The address of the client: the one on arrival, or the one that the app knew when it asked for the token of the request.</summary>
    public IPAddress? ClientAddress => Volatile.Read(ref _address) ?? _arrival.Address;

    /// <summary>What the request said on arrival.</summary>
    public ref readonly RequestStart Arrival => ref _arrival;

    /// <summary>
    /// Whose it is, as far as that is known while it lasts; null where it is not. An immutable object, so that readers never see half of it. It decides nothing
    /// about what is recorded at the end.
    /// </summary>
    public ResolvedScope? OpenScope
    {
        get => Volatile.Read(ref _openScope);
        set => Volatile.Write(ref _openScope, value);
    }

    /// <summary>The url as the host's delegate redacted it on arrival; null where there is none. Readers of open exchanges must not give it the live request.</summary>
    public string? RedactedUrl { get; set; }

    /// <summary>Its place among the open exchanges, which <see cref="OpenExchanges"/> owns; negative where it has none.</summary>
    public int OpenSlot { get; set; } = -1;

    public byte OpenStripe { get; set; }

    /// <summary>
    /// Asks the host's delegate for the scope while the application runs. Called where the application asks for the token of the request: a proxy does so
    /// after it has chosen its route.
    /// </summary>
    private void LearnOpenScope()
    {
        if (_endpoint is null) return;
        if (_address is null && !HasEnded) NoteAddress();
        if (Rules.Scope is not null && _openScope is null && Scope is null) AskForOpenScope();
    }

    private void NoteAddress()
    {
        try
        {
            Volatile.Write(ref _address, Context.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress);
        }
#pragma warning disable CA1031 // no exchange fails because of logging
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Failed(exception, "Noting the address of a client");
        }
    }

    /// <summary>Whose it is as far as that can be told while it lasts.</summary>
    public ExchangeScope EarlyScope()
    {
        if (Scope is { } known) return known;
        if (OpenScope is null && Rules.Scope is not null) AskForOpenScope();
        return OpenScope?.Scope ?? default;
    }

    /// <summary>The same where bodies pass, but only for an exchange that readers see by now.</summary>
    private void LearnOpenScopeLate()
    {
        if (Rules.Scope is null || _openScope is not null) return;
        if (_recorder.Open.Age(this) > BeforeShown) LearnOpenScope();
    }

    private void AskForOpenScope()
    {
        // The delegate may ask for the token too, and bodies may pass on two threads at once.
        if (_scopeQuestions >= MaxScopeQuestions || HasEnded || Interlocked.Exchange(ref _isAskedForScope, 1) != 0) return;
        _scopeQuestions++;
        try
        {
            OpenScope = _recorder.OpenScopeOf(this);
        }
        finally
        {
            Volatile.Write(ref _isAskedForScope, 0);
        }
    }
}
