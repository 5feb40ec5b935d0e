using System.ComponentModel.DataAnnotations;

namespace HoodyLogs.AspNetCore.Access.Options;

/// <summary>Checks that each token names what it may read, can be sent in a header, and is given once.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AccessTokensAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext context)
    {
        if (value is not IList<AccessToken> tokens) return new ValidationResult($"{context.DisplayName} is null; it takes a list.");
        var repeated = tokens.Where(token => !string.IsNullOrEmpty(token?.Token)).CountBy(token => token.Token).Where(count => count.Value > 1).ToDictionary();
        var wrong = tokens.SelectMany((token, index) => Problems(token, repeated).Select(problem => $"{context.DisplayName}[{index}]{problem}")).ToList();
        return wrong.Count == 0 ? ValidationResult.Success : new ValidationResult(string.Join('\n', wrong));
    }

    private static IEnumerable<string> Problems(AccessToken? token, Dictionary<string, int> repeated)
    {
        if (token is null)
        {
            yield return " is null; it takes a token.";
            yield break;
        }

        if (TokenFormat.FindProblem(token.Token ?? "") is { } problem) yield return $".{nameof(token.Token)} {problem}.";
        if (repeated.ContainsKey(token.Token ?? "")) yield return $".{nameof(token.Token)} is given more than once; each token may be given once.";
        var (project, container) = (token.ProjectId is not null, token.ContainerId is not null);
        if (!token.Admin && !project && !container) yield return $".{nameof(token.ProjectId)} is missing; a token takes a ProjectId, or Admin set to true.";
        if (!token.Admin && !project && container) yield return $".{nameof(token.ContainerId)} is given without the ProjectId that it belongs to.";
        if (token.Admin && (project || container)) yield return $".{nameof(token.Admin)} is true and a ProjectId or ContainerId is given; a token takes one or the other.";
    }
}
