using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace HoodyLogs.Yarp;

/// <summary>The attempts of one exchange to get a response. There is more than one if the host's middleware retries.</summary>
internal sealed class Forwarding
{
    /// <summary>A host that retries endlessly must not use unlimited memory.</summary>
    private const int MaxDescribed = 16;

    private DestinationState? _destination;
    private IForwarderErrorFeature? _errorBefore;
    private int _status;

    /// <summary>Gets the number of attempts.</summary>
    public int Attempts { get; private set; }

    /// <summary>Gets the attempts before the last one, as <c>destination: outcome</c>. Null if there was only one.</summary>
    public string? Earlier { get; private set; }

    /// <summary>Gets when the first attempt was sent.</summary>
    public long FirstSentAt { get; private set; }

    /// <summary>Gets when the last attempt was sent.</summary>
    public long SentAt { get; private set; }

    /// <summary>Gets when the headers of the last attempt's response arrived. Null if none arrived.</summary>
    public long? RespondedAt { get; private set; }

    /// <summary>Begins an attempt.</summary>
    public void NoteSent(IFeatureCollection features, long now)
    {
        var error = features.Get<IForwarderErrorFeature>();
        if (Attempts == 0) FirstSentAt = now;
        else if (RespondedAt is null && !IsOfLastAttempt(error)) return; // the same attempt, repeated over HTTP/1.1: the destination does not support WebSockets over HTTP/2
        else Describe(error);

        Attempts++;
        SentAt = now;
        RespondedAt = null;
        _errorBefore = error;
        _destination = features.Get<IReverseProxyFeature>()?.ProxiedDestination;
    }

    /// <summary>Notes the response of the current attempt.</summary>
    public void NoteResponse(int status, long now) => (_status, RespondedAt) = (status, now);

    /// <summary>Returns whether an error is of the last attempt. The feature stays in place after a retry that succeeds.</summary>
    public bool IsOfLastAttempt(IForwarderErrorFeature? error) => error is not null && !ReferenceEquals(error, _errorBefore);

    private void Describe(IForwarderErrorFeature? error)
    {
        if (Attempts > MaxDescribed) return;
        var outcome = IsOfLastAttempt(error) ? error!.Error.ToString() : _status.ToString(CultureInfo.InvariantCulture);
        var attempt = $"{AddressRedaction.Of(_destination?.DestinationId)}: {outcome}";
        Earlier = Earlier is null ? attempt : $"{Earlier}, {attempt}";
    }
}
