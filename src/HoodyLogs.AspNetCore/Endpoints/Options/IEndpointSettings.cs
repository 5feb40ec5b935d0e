namespace HoodyLogs.AspNetCore.Endpoints.Options;

/// <summary>The options that this folder reads.</summary>
internal interface IEndpointSettings
{
    bool AdminFanout { get; }

    TimeSpan FanoutTimeout { get; }

    int MaxLimit { get; }

    TimeSpan CursorLifetime { get; }

    TunnelOptions Tunnels { get; }

    AccessOptions Access { get; }

    LimitOptions Limits { get; }

    TailOptions Tail { get; }
}
