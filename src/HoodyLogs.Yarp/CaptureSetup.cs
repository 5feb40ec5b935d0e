using HoodyLogs.AspNetCore;
using Microsoft.Extensions.Options;

namespace HoodyLogs.Yarp;

/// <summary>Composes the scope and the data of YARP with the delegates of the host. Runs after the host's own configuration, at startup and after each reload.</summary>
internal sealed class CaptureSetup(IOptions<YarpOptions> options, TimeProvider time) : IPostConfigureOptions<ProxyLogsOptions>
{
    private readonly RouteScope _scope = new(options.Value);
    private readonly ForwardingData _data = new(time);

    public void PostConfigure(string? name, ProxyLogsOptions options)
    {
        if (options.Capture is not { } capture) return; // validation reports it
        capture.Scope = capture.Scope is { } scope ? context => _scope.Complete(scope(context), context) : _scope.Of;
        capture.Enrich = capture.Enrich is { } enrich ? Both(enrich) : _data.Add;
    }

    /// <summary>The members of YARP come first, because the host's delegate may throw.</summary>
    private ExchangeEnricher Both(ExchangeEnricher enrich) => (context, data) =>
    {
        _data.Add(context, data);
        enrich(context, data);
    };
}
