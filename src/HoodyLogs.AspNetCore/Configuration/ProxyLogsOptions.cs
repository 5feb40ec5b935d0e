using HoodyLogs.AspNetCore.Access.Options;
using HoodyLogs.AspNetCore.Capture.Options;
using HoodyLogs.AspNetCore.Endpoints.Options;
using HoodyLogs.OptionAttributes;
using Microsoft.Extensions.Options;

namespace HoodyLogs.AspNetCore;

/// <summary>All options of HoodyLogs in a proxy. Section <c>ProxyLogs</c>. A reload takes effect unless an option says otherwise.</summary>
public sealed class ProxyLogsOptions : ProxyLogsCoreOptions, ICaptureSettings, IAccessSettings, IEndpointSettings
{
    /// <summary>
    /// Gets or sets whether an admin's read that names no project and no container is fanned out: it returns NDJSON over all projects, continued by a
    /// cursor. The environment variable <c>LOGS_ADMIN_FANOUT=true</c> also switches it on.
    /// </summary>
    /// <value>The default is false.</value>
    public bool AdminFanout { get; set; }

    /// <summary>Gets or sets how long a page of a fan-out may take. Then it ends with the reason <c>timeout</c> and a cursor.</summary>
    /// <value>100 milliseconds to 10 minutes. The default is 10 seconds.</value>
    [Time("00:00:00.100", "00:10:00")]
    public TimeSpan FanoutTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets the maximum <c>limit</c> and <c>last</c> of a read that is not fanned out.</summary>
    /// <value>1 to 10,000. The default is 1,000.</value>
    [Number(1, 10_000)]
    public int MaxLimit { get; set; } = 1_000;

    /// <summary>Gets or sets how long a cursor of a fan-out can be used after it was issued.</summary>
    /// <value>1 second to 1 day. The default is 10 minutes.</value>
    [Time("00:00:01", "1.00:00:00")]
    public TimeSpan CursorLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Gets or sets what is captured of an exchange.</summary>
    [Section, ValidateObjectMembers]
    public CaptureOptions Capture { get; set; } = new();

    /// <summary>Gets or sets who may read.</summary>
    [Section, ValidateObjectMembers]
    public AccessOptions Access { get; set; } = new();

    /// <summary>Gets or sets the limits of reads.</summary>
    [Section, ValidateObjectMembers]
    public LimitOptions Limits { get; set; } = new();

    /// <summary>Gets or sets the options of the tunnel route. Changes take effect after a restart.</summary>
    [Section, ValidateObjectMembers, RestartOnly]
    public TunnelOptions Tunnels { get; set; } = new();
}
