using System.Collections.Frozen;
using HoodyLogs.AspNetCore.Access.Callers;

namespace HoodyLogs.AspNetCore.Access;

/// <summary>The access options, prepared for fast lookup. Immutable.</summary>
internal sealed class AccessRules(AccessOptions options)
{
    /// <summary>The options from which the rules were created.</summary>
    public AccessOptions Options { get; } = options;

    public TokenTable Tokens { get; } = new(options.Tokens);

    public FrozenSet<int> AdminPorts { get; } = options.AdminPorts.ToFrozenSet();

    public FrozenSet<string> AdminHosts { get; } = options.AdminHosts.Select(HostNames.Normalize).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether no rule is configured. Only then may a caller on this machine read everything in Development.</summary>
    public bool IsEmpty => Tokens.Count == 0 && AdminPorts.Count == 0 && !Options.RestrictByHost && Options.HostGate is null;
}
