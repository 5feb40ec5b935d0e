using System.Collections.Frozen;
using HoodyLogs.AspNetCore.Capture.Bodies;
using HoodyLogs.AspNetCore.Capture.Options;
using HoodyLogs.AspNetCore.Capture.Redaction;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Urls;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture.Policies;

/// <summary>The options of capture in the form in which exchanges ask for them. Immutable; a reload makes new ones.</summary>
internal sealed class CapturePolicy
{
    private readonly FrozenSet<string> _methods;
    private readonly PathPattern[] _excludePaths;

    public CapturePolicy(ICaptureSettings options)
    {
        var capture = options.Capture;
        (IsEnabled, CapturesLogsApi) = (capture.Enabled, capture.CaptureLogsApi);
        _methods = capture.IncludedMethods.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        _excludePaths = [.. capture.ExcludedPaths.Select(path => new PathPattern(path))];
        MinLevel = capture.MinLevel;
        Source = capture.Source;
        AtArrival = capture.RequestEntry == RequestEntryMode.AtArrival;
        WaitsForRoom = options.Queue.WhenFull == QueueFullMode.Wait;
        Secrets = new SensitiveNames(capture.SensitiveNames.Concat(capture.SensitiveHeaders));
        Fields = new FieldRedactor(Secrets);
        Urls = new UrlRedaction(capture, Fields);
        Messages = new MessageRedactor(Secrets, capture.SensitiveHeaders, Fields, Urls.Paths);
        Bodies = new BodyPolicy(capture, Secrets, Fields, Messages);
        Addresses = new ClientAddress(capture.ClientAddress);
        Headers = capture.CaptureHeaders ? new HeaderCapture(capture, Messages, Fields, Urls, Addresses) : null;
        ShowExceptions = capture.ShowExceptionsToTenants;
        HostScopes = capture.ScopeFromHost;
        (Scope, Keep, Enrich) = (capture.Scope, capture.Keep, capture.Enrich);
    }

    public bool IsEnabled { get; }

    public EntryLevel MinLevel { get; }

    public EntrySource Source { get; }

    public bool AtArrival { get; }

    public bool WaitsForRoom { get; }

    public SensitiveNames Secrets { get; }

    public FieldRedactor Fields { get; }

    public UrlRedaction Urls { get; }

    public MessageRedactor Messages { get; }

    public BodyPolicy Bodies { get; }

    /// <summary>Null where headers are not captured.</summary>
    public HeaderCapture? Headers { get; }

    public ClientAddress Addresses { get; }

    /// <summary>Whether everybody sees the texts of logged exceptions.</summary>
    public bool ShowExceptions { get; }

    public bool HostScopes { get; }

    public Func<HttpContext, ExchangeScope>? Scope { get; }

    public ExchangeFilter? Keep { get; }

    public ExchangeEnricher? Enrich { get; }

    /// <summary>Whether an exchange is watched at all, as far as its arrival tells, while capture is enabled.</summary>
    public bool Want(HttpContext context)
    {
        var request = context.Request;
        if (_methods.Count > 0 && !_methods.Contains(request.Method)) return false;
        foreach (var pattern in _excludePaths)
        {
            if (pattern.Matches(request.Path.Value)) return false;
        }

        return true;
    }

    /// <summary>Whether requests to the logs API are captured like others.</summary>
    public bool CapturesLogsApi { get; }

    /// <summary>Whether an endpoint keeps its exchanges out: by its metadata, or as one of the logs API's own (decision A5).</summary>
    public bool LeavesOut(EndpointCapturePolicy endpoint) => endpoint.IsDisabled || (endpoint.IsLogsApi && !CapturesLogsApi);
}
