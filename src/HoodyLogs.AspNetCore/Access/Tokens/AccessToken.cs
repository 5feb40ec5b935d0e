namespace HoodyLogs.AspNetCore;

/// <summary>A token and what it may see: <see cref="Admin"/>, a project, or a container of a project.</summary>
public sealed class AccessToken
{
    /// <summary>
    /// 16 to 512 characters, without control characters and without blanks or quotes at its ends. Never logged or printed. Requests are compared
    /// with its SHA-256. The text itself stays in memory with the options and in the host's configuration.
    /// </summary>
    public string Token { get; set; } = "";

    /// <summary>Whether it sees everything; then neither id may be given.</summary>
    public bool Admin { get; set; }

    /// <summary>The project it sees.</summary>
    public string? ProjectId { get; set; }

    /// <summary>The container of that project it sees; null for the whole project.</summary>
    public string? ContainerId { get; set; }
}
