using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>The exchange in whose flow code runs. Kept only where somebody asks (<see cref="IsAsked"/>), for it costs every exchange.</summary>
internal sealed class CurrentExchange
{
    private const string Property = "HoodyLogs.Exchange";

    private const string LogsApiProperty = "HoodyLogs.LogsApi";

    private readonly AsyncLocal<Exchange?> _current = new();

    /// <summary>Set once, before the host serves.</summary>
    public bool IsAsked { get; set; }

    /// <summary>The exchange; outside of capture, where a server logs that nobody has handled an exception, that of the request's activity.</summary>
    public Exchange? Value => _current.Value ?? Activity.Current?.GetCustomProperty(Property) as Exchange;

    /// <summary>Whether code runs for a request to the logs API that is not captured.</summary>
    public static bool IsInLogsApi
    {
        get
        {
            for (var activity = Activity.Current; activity is not null; activity = activity.Parent)
            {
                if (activity.GetCustomProperty(LogsApiProperty) is not null) return true;
            }

            return false;
        }
    }

    /// <summary>Notes that a request is one to the logs API.</summary>
    /// <param name="request">The request's own activity, never one that requests share; null where it has none.</param>
    public void NoteLogsApi(Activity? request)
    {
        if (IsAsked) request?.SetCustomProperty(LogsApiProperty, LogsApiProperty);
    }

    /// <summary>Makes an exchange the current one, for as long as the calling method runs and for what it calls.</summary>
    public void Enter(Exchange exchange)
    {
        if (!IsAsked) return;
        _current.Value = exchange;

        // The request's own, never whichever is current: that may be one that several requests, and so tenants, have in common.
        exchange.Context.Features.Get<IHttpActivityFeature>()?.Activity.SetCustomProperty(Property, exchange);
    }
}
