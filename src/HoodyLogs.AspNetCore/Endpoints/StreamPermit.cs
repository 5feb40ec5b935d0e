using HoodyLogs.AspNetCore.Access;
using HoodyLogs.AspNetCore.Configuration;
using HoodyLogs.Configuration;
using HoodyLogs.Tenancy;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints;

/// <summary>The right to go on with a stream, decided anew when the options of access were reloaded: a revoked token ends its streams.</summary>
internal sealed class StreamPermit(HttpContext context, LogScope scope, ILogAccess access, ILiveOptions<ProxyLogsOptions> options)
{
    private AccessOptions _decided = options.Current.Access;

    public bool Holds()
    {
        var current = options.Current.Access;
        if (ReferenceEquals(current, _decided)) return true;
        _decided = current;
        return access.Decide(context) is { IsAllowed: true } decision && decision.Scope == scope;
    }
}
