namespace HoodyLogs;

/// <summary>Where an entry was captured. The API shows it as <c>source</c>.</summary>
public enum EntrySource : byte
{
    /// <summary>By the proxy in front of the backends.</summary>
    Backend,

    /// <summary>At the edge in front of the proxy.</summary>
    Edge,
}
