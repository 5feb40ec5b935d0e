using HoodyLogs.AspNetCore.Access.Callers;
using HoodyLogs.AspNetCore.Access.Tokens;
using HoodyLogs.Configuration;

namespace HoodyLogs.AspNetCore.Configuration;

/// <summary>The keys of the proxy's sections and what each takes.</summary>
internal static class ProxySections
{
    private const int MiB = 1024 * 1024;
    private const int MaxNameLength = 256;

    private static readonly string IdRule = $"1 to {PrincipalScope.MaxIdLength} characters, none of them a control character, the first and last no blank";
    private static readonly string NameRule = $"1 to {MaxNameLength} characters, the first and last no blank";

    public static void Capture(OptionsPass pass, CaptureOptions options)
    {
        options.Enabled = pass.Switch(nameof(options.Enabled), options.Enabled);
        options.MinLevel = pass.Choice(nameof(options.MinLevel), options.MinLevel);
        options.Source = pass.Choice(nameof(options.Source), options.Source);
        options.RequestEntry = pass.Choice(nameof(options.RequestEntry), options.RequestEntry);
        options.Methods = Texts(pass, nameof(options.Methods), options.Methods, "an HTTP method", IsToken);
        options.ExcludePaths = Texts(pass, nameof(options.ExcludePaths), options.ExcludePaths, "a path that begins with /", IsPath);
        options.RequestBody = pass.Switch(nameof(options.RequestBody), options.RequestBody);
        options.ResponseBody = pass.Switch(nameof(options.ResponseBody), options.ResponseBody);
        options.EventStreamBodies = pass.Switch(nameof(options.EventStreamBodies), options.EventStreamBodies);
        options.MaxBodyBytes = pass.Number(nameof(options.MaxBodyBytes), options.MaxBodyBytes, 0, 16 * MiB);
        options.MaxBodyMemory = pass.Number(nameof(options.MaxBodyMemory), options.MaxBodyMemory, 0L, 16L * 1024 * MiB);
        options.KeepUnreadableBodies = pass.Switch(nameof(options.KeepUnreadableBodies), options.KeepUnreadableBodies);
        options.ExcludeContentTypes = Texts(
            pass, nameof(options.ExcludeContentTypes), options.ExcludeContentTypes, "the beginning of a content type", IsText);
        options.Headers = pass.Switch(nameof(options.Headers), options.Headers);
        options.AllowHeaders = Texts(pass, nameof(options.AllowHeaders), options.AllowHeaders, "the name of a header", IsToken);
        options.RedactHeaders = Texts(pass, nameof(options.RedactHeaders), options.RedactHeaders, "the name of a header", IsToken, adds: true);
        options.RedactQuery = Texts(pass, nameof(options.RedactQuery), options.RedactQuery, "the name of a parameter", IsText, adds: true);
        options.RedactPaths = Texts(pass, nameof(options.RedactPaths), options.RedactPaths, "a path that begins with / and has a *", IsPathWithWildcard, adds: true);
        options.ClientAddress = pass.Choice(nameof(options.ClientAddress), options.ClientAddress);
        options.ShowExceptions = pass.Switch(nameof(options.ShowExceptions), options.ShowExceptions);
        options.LogsApi = pass.Switch(nameof(options.LogsApi), options.LogsApi);
        options.HostScopes = pass.Switch(nameof(options.HostScopes), options.HostScopes);
    }

    public static void Access(OptionsPass pass, AccessOptions options)
    {
        options.Tokens = pass.List(nameof(options.Tokens), options.Tokens, static () => new AccessToken(), static (items, index, token) =>
        {
            items.Section(index, token, Token);
            return token;
        });
        options.AdminPorts = pass.List(
            nameof(options.AdminPorts), options.AdminPorts, static () => 0, static (items, index, port) => items.Number(index, port, 1, 65_535));
        options.AdminHosts = Texts(pass, nameof(options.AdminHosts), options.AdminHosts, "a host name without scheme and port", HostNames.IsValid);
        options.AllowInMemory = pass.Switch(nameof(options.AllowInMemory), options.AllowInMemory);
        options.ProjectClaim = pass.Text(nameof(options.ProjectClaim), options.ProjectClaim, NameRule, IsName);
        options.ContainerClaim = pass.Text(nameof(options.ContainerClaim), options.ContainerClaim, NameRule, IsName);
        options.AdminRole = pass.Text(nameof(options.AdminRole), options.AdminRole, NameRule, IsName);
        options.HostScopes = pass.Switch(nameof(options.HostScopes), options.HostScopes);
        options.TrustHostHeader = pass.Switch(nameof(options.TrustHostHeader), options.TrustHostHeader);
        foreach (var (first, second) in SameTokens(options.Tokens))
        {
            pass.Rule(false, $"{KeyOf(second)}:{nameof(AccessToken.Token)}", $"is the token of {KeyOf(first)} again; each may be given once");
        }

        string KeyOf(int token) => $"{nameof(options.Tokens)}:{pass.ItemKey(nameof(options.Tokens), token, options.Tokens.Count)}";
    }

    public static void Limits(OptionsPass pass, LimitOptions options)
    {
        options.ReadsPerMinute = pass.Number(nameof(options.ReadsPerMinute), options.ReadsPerMinute, 1, 10_000_000);
        options.ConcurrentReads = pass.Number(nameof(options.ConcurrentReads), options.ConcurrentReads, 1, 10_000);
        options.SendTimeout = pass.Time(nameof(options.SendTimeout), options.SendTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        options.ScanTime = pass.Time(nameof(options.ScanTime), options.ScanTime, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        options.StreamsPerScope = pass.Number(nameof(options.StreamsPerScope), options.StreamsPerScope, 1, 10_000_000);
    }

    public static void Tunnels(OptionsPass pass, TunnelOptions options) => options.Prefix = pass.OptionalText(
        nameof(options.Prefix), options.Prefix, "a path that begins with / and has no parameters, or nothing for no tunnel route",
        static prefix => prefix.Length == 0 || (IsPath(prefix) && prefix.AsSpan().IndexOfAny("{}*?#") < 0));

    private static void Token(OptionsPass pass, AccessToken token)
    {
        token.Token = pass.Secret(nameof(token.Token), token.Token, 16, 512);
        token.Admin = pass.Switch(nameof(token.Admin), token.Admin);
        token.ProjectId = pass.OptionalText(nameof(token.ProjectId), token.ProjectId, IdRule, PrincipalScope.IsId);
        token.ContainerId = pass.OptionalText(nameof(token.ContainerId), token.ContainerId, IdRule, PrincipalScope.IsId);

        var problem = TokenFormat.FindProblem(token.Token ?? "");
        pass.Rule(problem is null, nameof(token.Token), problem ?? "");

        var (project, container) = (token.ProjectId is not null, token.ContainerId is not null);
        pass.Rule(token.Admin || project || container, nameof(token.ProjectId), "is missing; allowed is a project, or Admin true for all of them");
        pass.Rule(token.Admin || project || !container, nameof(token.ContainerId), "is given without the ProjectId that it belongs to");
        pass.Rule(!token.Admin || !(project || container), nameof(token.Admin), "is true beside a ProjectId or ContainerId; allowed is one or the other");
    }

    private static IEnumerable<(int First, int Second)> SameTokens(IList<AccessToken>? tokens)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var index = 0; index < (tokens?.Count ?? 0); index++)
        {
            var token = tokens![index]?.Token;
            if (!string.IsNullOrEmpty(token) && !seen.TryAdd(token, index)) yield return (seen[token], index);
        }
    }

    private static IList<string> Texts(
        OptionsPass pass, string key, IList<string> current, string allowed, Predicate<string> isAllowed, bool adds = false) =>
        pass.List(key, current, static () => "", (items, index, text) => items.Text(index, text, allowed, isAllowed), adds);

    private static bool IsText(string text) => !string.IsNullOrWhiteSpace(text);

    private static bool IsName(string text) =>
        text.Length is > 0 and <= MaxNameLength && !char.IsWhiteSpace(text[0]) && !char.IsWhiteSpace(text[^1]);

    private static bool IsPath(string path) => path.StartsWith('/');

    private static bool IsPathWithWildcard(string path) => IsPath(path) && path.Contains('*', StringComparison.Ordinal);

    /// <summary>A token of RFC 9110: what methods and header names are made of.</summary>
    private static bool IsToken(string text) =>
        text.Length > 0 && text.All(static letter => char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-.^_`|~".Contains(letter, StringComparison.Ordinal));
}
