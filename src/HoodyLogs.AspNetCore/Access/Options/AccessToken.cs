using HoodyLogs.OptionAttributes;

namespace HoodyLogs.AspNetCore;

/// <summary>A token and the entries that it may read: all (<see cref="Admin"/>), a project, or a container of a project.</summary>
public sealed class AccessToken
{
    /// <summary>
    /// Gets or sets the token. It has no control characters, and no whitespace or quotes at its ends. It is never logged. Requests are compared with its
    /// SHA-256 hash; the text stays in memory with the options and in the host's configuration.
    /// </summary>
    /// <value>16 to 512 characters.</value>
    [Secret(16, 512)]
    public string Token { get; set; } = "";

    /// <summary>Gets or sets whether the token may read everything. Then it has no project and no container.</summary>
    /// <value>The default is false.</value>
    public bool Admin { get; set; }

    /// <summary>Gets or sets the project that the token may read.</summary>
    /// <value>1 to 128 characters, or null for an admin. The default is null.</value>
    [Name(128, IsOptional = true)]
    public string? ProjectId { get; set; }

    /// <summary>Gets or sets the container of the project that the token may read.</summary>
    /// <value>1 to 128 characters, or null for the whole project. The default is null.</value>
    [Name(128, IsOptional = true)]
    public string? ContainerId { get; set; }
}
