using HoodyLogs.AspNetCore.Configuration;
using HoodyLogs.Configuration;

namespace HoodyLogs.AspNetCore;

/// <summary>All options of HoodyLogs in a proxy. Section <c>ProxyLogs</c>; capture, retention, tokens and limits take effect on reload.</summary>
public sealed class ProxyLogsOptions : ProxyLogsCoreOptions
{
    /// <summary>Whether an admin's read that names no project and no container is fanned out as NDJSON (decision F1); also <c>LOGS_ADMIN_FANOUT</c>. Default false.</summary>
    public bool AdminFanout { get; set; }

    /// <summary>The longest a fanned-out page may take before it ends with <c>timeout</c> and a cursor. Default 10 s; 100 ms to 10 min.</summary>
    public TimeSpan FanoutTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The greatest <c>limit</c> and <c>last</c> of a scoped read. Default 1 000; 1 to 10 000.</summary>
    public int MaxLimit { get; set; } = 1_000;

    /// <summary>How long a fan-out cursor can be used after it was issued. Default 10 min; 1 s to 1 day.</summary>
    public TimeSpan CursorLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>What is captured of an exchange.</summary>
    public CaptureOptions Capture { get; set; } = new();

    /// <summary>Who may read.</summary>
    public AccessOptions Access { get; set; } = new();

    /// <summary>How often one may read.</summary>
    public LimitOptions Limits { get; set; } = new();

    /// <summary>The tunnel route.</summary>
    public TunnelOptions Tunnels { get; set; } = new();

    /// <inheritdoc />
    internal override IReadOnlyList<string> RestartOnly => [.. base.RestartOnly, nameof(Tunnels)];

    /// <inheritdoc />
    internal override void Walk(OptionsPass pass)
    {
        base.Walk(pass);
        AdminFanout = pass.Switch(nameof(AdminFanout), AdminFanout, alsoOn: "LOGS_ADMIN_FANOUT");
        FanoutTimeout = pass.Time(nameof(FanoutTimeout), FanoutTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
        MaxLimit = pass.Number(nameof(MaxLimit), MaxLimit, 1, 10_000);
        CursorLifetime = pass.Time(nameof(CursorLifetime), CursorLifetime, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        pass.Section(nameof(Capture), Capture, ProxySections.Capture);
        pass.Section(nameof(Access), Access, ProxySections.Access);
        pass.Section(nameof(Limits), Limits, ProxySections.Limits);
        pass.Section(nameof(Tunnels), Tunnels, ProxySections.Tunnels);
    }
}
