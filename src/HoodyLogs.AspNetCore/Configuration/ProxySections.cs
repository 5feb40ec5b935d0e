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
        options.IncludedMethods = Texts(pass, nameof(options.IncludedMethods), options.IncludedMethods, "an HTTP method", IsToken);
        options.ExcludedPaths = Texts(pass, nameof(options.ExcludedPaths), options.ExcludedPaths, "a path that begins with /", IsPath);
        options.CaptureRequestBody = pass.Switch(nameof(options.CaptureRequestBody), options.CaptureRequestBody);
        options.CaptureResponseBody = pass.Switch(nameof(options.CaptureResponseBody), options.CaptureResponseBody);
        options.CaptureEventStreamBodies = pass.Switch(nameof(options.CaptureEventStreamBodies), options.CaptureEventStreamBodies);
        options.MaxBodyBytes = pass.Number(nameof(options.MaxBodyBytes), options.MaxBodyBytes, 0, 16 * MiB);
        options.MaxBodyMemory = pass.Number(nameof(options.MaxBodyMemory), options.MaxBodyMemory, 0L, 16L * 1024 * MiB);
        options.StoreUnreadableBodies = pass.Switch(nameof(options.StoreUnreadableBodies), options.StoreUnreadableBodies);
        options.ExcludedContentTypes = Texts(
            pass, nameof(options.ExcludedContentTypes), options.ExcludedContentTypes, "the beginning of a content type", IsText);
        options.CaptureHeaders = pass.Switch(nameof(options.CaptureHeaders), options.CaptureHeaders);
        options.AllowedHeaders = Texts(pass, nameof(options.AllowedHeaders), options.AllowedHeaders, "the name of a header", IsToken);
        options.SensitiveHeaders = Texts(pass, nameof(options.SensitiveHeaders), options.SensitiveHeaders, "the name of a header", IsToken, adds: true);
        options.SensitiveNames = Texts(pass, nameof(options.SensitiveNames), options.SensitiveNames, "the name of a parameter", IsText, adds: true);
        options.SensitivePaths = Texts(pass, nameof(options.SensitivePaths), options.SensitivePaths, "a path that begins with / and has a *", IsPathWithWildcard, adds: true);
        options.ClientAddress = pass.Choice(nameof(options.ClientAddress), options.ClientAddress);
        options.ShowExceptionsToTenants = pass.Switch(nameof(options.ShowExceptionsToTenants), options.ShowExceptionsToTenants);
        options.CaptureLogsApi = pass.Switch(nameof(options.CaptureLogsApi), options.CaptureLogsApi);
        options.ScopeFromHost = pass.Switch(nameof(options.ScopeFromHost), options.ScopeFromHost);
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
        options.RestrictByHost = pass.Switch(nameof(options.RestrictByHost), options.RestrictByHost);
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
        options.MaxConcurrentReads = pass.Number(nameof(options.MaxConcurrentReads), options.MaxConcurrentReads, 1, 10_000);
        options.SendTimeout = pass.Time(nameof(options.SendTimeout), options.SendTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        options.MaxScanTime = pass.Time(nameof(options.MaxScanTime), options.MaxScanTime, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        options.MaxStreams = pass.Number(nameof(options.MaxStreams), options.MaxStreams, 1, 10_000_000);
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
