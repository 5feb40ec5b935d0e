using System.Collections.Frozen;
using HoodyLogs.AspNetCore.Access.Callers;
using HoodyLogs.AspNetCore.Access.Tokens;

namespace HoodyLogs.AspNetCore.Access;

/// <summary>The rules of one snapshot of the options, in the form in which a request asks them.</summary>
internal sealed class AccessRules(AccessOptions options)
{
    /// <summary>The options that these rules were made of.</summary>
    public AccessOptions Options { get; } = options;

    public TokenTable Tokens { get; } = new(options.Tokens);

    public FrozenSet<int> AdminPorts { get; } = options.AdminPorts.ToFrozenSet();

    public FrozenSet<string> AdminHosts { get; } = options.AdminHosts.Select(HostNames.Normalize).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether nobody has said yet who may read: only then may Development be generous (decision A1).</summary>
    public bool AreEmpty => Tokens.Count == 0 && AdminPorts.Count == 0 && !Options.RestrictByHost && Options.HostGate is null;
}
