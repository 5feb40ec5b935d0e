namespace HoodyLogs;

/// <summary>Which side of the proxy an entry was captured on, as the API names it (<c>source</c>).</summary>
public enum EntrySource : byte
{
    /// <summary>The proxy in front of the backends.</summary>
    Backend,

    /// <summary>The edge in front of the proxy.</summary>
    Edge,
}
