using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>The exchange in whose flow code runs. Tracked only if <see cref="IsEnabled"/> is set, because it costs time in every exchange.</summary>
internal sealed class CurrentExchange
{
    private const string Property = "HoodyLogs.Exchange";

    private const string LogsApiProperty = "HoodyLogs.LogsApi";

    private readonly AsyncLocal<Exchange?> _current = new();

    /// <summary>Whether exchanges are tracked. Set once, before the host serves requests.</summary>
    public bool IsEnabled { get; set; }

    /// <summary>The current exchange. Outside the pipeline, where the server logs unhandled exceptions, the activity of the request refers to it.</summary>
    public Exchange? Value => _current.Value ?? Activity.Current?.GetCustomProperty(Property) as Exchange;

    /// <summary>Whether code runs for an uncaptured request to the logs API.</summary>
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

    /// <summary>Marks a request to the logs API.</summary>
    /// <param name="request">The activity of the request, which no other request shares; null if it has none.</param>
    public void MarkLogsApi(Activity? request)
    {
        if (IsEnabled) request?.SetCustomProperty(LogsApiProperty, LogsApiProperty);
    }

    /// <summary>Makes an exchange the current one for the calling method and the methods that it calls.</summary>
    public void Enter(Exchange exchange)
    {
        if (!IsEnabled) return;
        _current.Value = exchange;

        // The activity of the request, not the current activity: several requests, and so several tenants, may share that.
        exchange.Context.Features.Get<IHttpActivityFeature>()?.Activity.SetCustomProperty(Property, exchange);
    }
}
