namespace HoodyLogs.AspNetCore.Access;

/// <summary>A token and what it may see: <see cref="Admin"/>, a project, or a container of a project.</summary>
public sealed class AccessToken
{
    /// <summary>16 to 512 characters. Kept as its SHA-256 alone once read (decision A3); never logged or printed.</summary>
    public string Token { get; set; } = "";

    /// <summary>Whether it sees everything; then neither id may be given.</summary>
    public bool Admin { get; set; }

    /// <summary>The project it sees.</summary>
    public string? ProjectId { get; set; }

    /// <summary>The container of that project it sees; null for the whole project.</summary>
    public string? ContainerId { get; set; }
}
