using System.Collections.Frozen;
using HoodyLogs.AspNetCore.Configuration;
using HoodyLogs.Entries;
using HoodyLogs.Writing;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>The options of capture in the form in which exchanges ask for them. Immutable; a reload makes new ones.</summary>
internal sealed class CaptureRules
{
    private readonly bool _enabled;
    private readonly FrozenSet<string> _methods;
    private readonly PathPattern[] _excludePaths;

    public CaptureRules(ProxyLogsOptions options)
    {
        var capture = options.Capture;
        _enabled = capture.Enabled;
        _methods = capture.Methods.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        _excludePaths = [.. capture.ExcludePaths.Select(path => new PathPattern(path))];
        MinLevel = capture.MinLevel;
        Source = capture.Source;
        AtArrival = capture.RequestEntry == RequestEntryMode.AtArrival;
        WaitsForRoom = options.Queue.WhenFull == QueueFullMode.Wait;
        HostScopes = capture.HostScopes;
        Scope = capture.Scope;
    }

    public EntryLevel MinLevel { get; }

    public EntrySource Source { get; }

    public bool AtArrival { get; }

    public bool WaitsForRoom { get; }

    public bool HostScopes { get; }

    public Func<HttpContext, ExchangeScope>? Scope { get; }

    /// <summary>Whether an exchange is watched at all, as far as its arrival tells.</summary>
    public bool Want(HttpRequest request)
    {
        if (!_enabled) return false;
        if (_methods.Count > 0 && !_methods.Contains(request.Method)) return false;
        foreach (var pattern in _excludePaths)
        {
            if (pattern.Matches(request.Path.Value)) return false;
        }

        return true;
    }
}
