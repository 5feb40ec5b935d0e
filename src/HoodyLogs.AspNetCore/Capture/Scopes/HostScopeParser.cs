using System.Buffers;
using HoodyLogs.Entries;

namespace HoodyLogs.AspNetCore.Capture.Scopes;

/// <summary>
/// Parses host names that contain a scope: the first DNS label is <c>{projectId}-{containerId}-{service}-{n}</c>. The container id is a UUID or has no hyphen,
/// so that a name is not ambiguous.
/// </summary>
internal static class HostScopeParser
{
    private static readonly SearchValues<char> LabelCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    /// <summary>Parses a host name, with or without a port.</summary>
    /// <param name="host">The host name.</param>
    /// <param name="names">The names, in lower case.</param>
    /// <returns>False if the host name contains no scope.</returns>
    public static bool TryParse(ReadOnlySpan<char> host, out (string ProjectId, string ContainerId, string ServiceName) names)
    {
        names = default;
        var labelEnd = host.IndexOfAny('.', ':');
        var label = labelEnd < 0 ? host : host[..labelEnd];
        var (projectEnd, serviceEnd) = (label.IndexOf('-'), label.LastIndexOf('-'));
        if (projectEnd <= 0 || serviceEnd <= projectEnd || label.ContainsAnyExcept(LabelCharacters)) return false;
        var number = label[(serviceEnd + 1)..];
        if (number.IsEmpty || number.ContainsAnyExceptInRange('0', '9')) return false;

        var middle = label[(projectEnd + 1)..serviceEnd];
        var containerEnd = ContainerEnd(middle);
        if (containerEnd <= 0 || containerEnd + 1 == middle.Length) return false;
        names = (Lower(label[..projectEnd]), Lower(middle[..containerEnd]), Lower(middle[(containerEnd + 1)..]));
        return true;
    }

    private static int ContainerEnd(ReadOnlySpan<char> middle)
    {
        const int uuid = ContainerIds.UuidLength;
        return middle.Length > uuid && middle[uuid] == '-' && ContainerIds.IsUuid(middle[..uuid]) ? uuid : middle.IndexOf('-');
    }

    private static string Lower(ReadOnlySpan<char> text) => string.Create(text.Length, text, (lower, source) => source.ToLowerInvariant(lower));
}
