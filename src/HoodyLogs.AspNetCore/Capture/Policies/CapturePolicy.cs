using System.Collections.Frozen;
using HoodyLogs.AspNetCore.Capture.Bodies;
using HoodyLogs.AspNetCore.Capture.Options;
using HoodyLogs.AspNetCore.Capture.Redaction;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Urls;
using HoodyLogs.AspNetCore.Capture.Scopes;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture.Policies;

/// <summary>The options of capture, prepared for use by exchanges. Immutable: a reload creates a new policy.</summary>
internal sealed class CapturePolicy
{
    private readonly FrozenSet<string> _methods;
    private readonly PathPattern[] _excludedPaths;

    public CapturePolicy(ICaptureSettings options)
    {
        var capture = options.Capture;
        (IsEnabled, CapturesLogsApi) = (capture.Enabled, capture.CaptureLogsApi);
        _methods = capture.IncludedMethods.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        _excludedPaths = [.. capture.ExcludedPaths.Select(path => new PathPattern(path))];
        MinLevel = capture.MinLevel;
        Source = capture.Source;
        RecordsArrival = capture.RequestEntry == RequestEntryMode.AtArrival;
        WaitsForRoom = options.Queue.WhenFull == QueueFullMode.Wait;
        SensitiveNames = new SensitiveNames(capture.SensitiveNames.Concat(capture.SensitiveHeaders));
        Fields = new FieldRedactor(SensitiveNames);
        Urls = new UrlRedaction(capture, Fields);
        Messages = new MessageRedactor(SensitiveNames, capture.SensitiveHeaders, Fields, Urls.Paths);
        Bodies = new BodyPolicy(capture, SensitiveNames, Fields, Messages);
        Addresses = new ClientAddress(capture.ClientAddress);
        Headers = capture.CaptureHeaders ? new HeaderCapture(capture, Messages, Fields, Urls, Addresses) : null;
        ShowExceptions = capture.ShowExceptionsToTenants;
        Scopes = new ScopeRules(capture.ScopeFromHost, capture.Scope);
        (Keep, Enrich) = (capture.Keep, capture.Enrich);
    }

    public bool IsEnabled { get; }

    public EntryLevel MinLevel { get; }

    public EntrySource Source { get; }

    /// <summary>Whether the request entry is written on arrival.</summary>
    public bool RecordsArrival { get; }

    /// <summary>Whether an exchange waits while the queue is full.</summary>
    public bool WaitsForRoom { get; }

    public SensitiveNames SensitiveNames { get; }

    public FieldRedactor Fields { get; }

    public UrlRedaction Urls { get; }

    public MessageRedactor Messages { get; }

    public BodyPolicy Bodies { get; }

    /// <summary>Null if headers are not captured.</summary>
    public HeaderCapture? Headers { get; }

    public ClientAddress Addresses { get; }

    /// <summary>Whether all readers see messages and stack traces of logged exceptions.</summary>
    public bool ShowExceptions { get; }

    public ScopeRules Scopes { get; }

    public ExchangeFilter? Keep { get; }

    public ExchangeEnricher? Enrich { get; }

    /// <summary>Whether method and path of a request are captured.</summary>
    public bool Includes(HttpContext context)
    {
        var request = context.Request;
        if (_methods.Count > 0 && !_methods.Contains(request.Method)) return false;
        foreach (var pattern in _excludedPaths)
        {
            if (pattern.Matches(request.Path.Value)) return false;
        }

        return true;
    }

    /// <summary>Whether requests to the logs API are captured.</summary>
    public bool CapturesLogsApi { get; }

    /// <summary>Whether the exchanges of an endpoint are not captured: its metadata exclude them, or it belongs to the logs API.</summary>
    public bool Excludes(EndpointCapturePolicy endpoint) => endpoint.IsDisabled || (endpoint.IsLogsApi && !CapturesLogsApi);
}
