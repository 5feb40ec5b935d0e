namespace HoodyLogs.AspNetCore.Capture;

/// <content>What <see cref="OpenExchanges"/> shows of the exchange while it lasts. Other threads read this, so nothing here touches the live request.</content>
internal sealed partial class Exchange
{
    private const int MaxScopeQuestions = 3;

    private static readonly TimeSpan BeforeShown = TimeSpan.FromSeconds(1);

    private readonly Arrival _arrival;
    private KnownScope? _openScope;
    private byte _scopeQuestions;
    private bool _isAskedForScope;

    /// <summary>What the request said on arrival.</summary>
    public ref readonly Arrival Arrival => ref _arrival;

    /// <summary>
    /// Whose it is, as far as that is known while it lasts; null where it is not. An immutable object, so that readers never see half of it. It decides nothing
    /// about what is recorded at the end.
    /// </summary>
    public KnownScope? OpenScope
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
        if (Rules.Scope is null || _endpoint is null || _scopeQuestions >= MaxScopeQuestions || _openScope is not null) return;
        AskForOpenScope();
    }

    /// <summary>The same where bodies pass, but only for an exchange that readers see by now.</summary>
    private void LearnOpenScopeLate()
    {
        if (Rules.Scope is null || _openScope is not null || _scopeQuestions >= MaxScopeQuestions) return;
        if (_recorder.Open.Age(this) > BeforeShown) LearnOpenScope();
    }

    private void AskForOpenScope()
    {
        if (_isAskedForScope || HasEnded) return; // the delegate may ask for the token too
        _isAskedForScope = true;
        _scopeQuestions++;
        try
        {
            OpenScope = _recorder.OpenScopeOf(this);
        }
        finally
        {
            _isAskedForScope = false;
        }
    }
}
