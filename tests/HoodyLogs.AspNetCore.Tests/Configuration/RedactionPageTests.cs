using System.Text.RegularExpressions;
using FluentAssertions;
using HoodyLogs.AspNetCore.Tests.Hosting.Recipes;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Configuration;

/// <summary>docs/capture-and-redaction.md lists the default names, and its examples are true.</summary>
public sealed partial class RedactionPageTests
{
    private const string Page = "docs/capture-and-redaction.md";

    [Test]
    public void The_page_lists_the_sensitive_names() => Listed("### Sensitive names").Should().BeEquivalentTo(new CaptureOptions().SensitiveNames);

    [Test]
    public void The_page_lists_the_sensitive_headers() => Listed("### Sensitive headers").Should().BeEquivalentTo(new CaptureOptions().SensitiveHeaders);

    [TestCase("accessToken", true)]
    [TestCase("Access-Token", true)]
    [TestCase("DB_PASSWORD", true)]
    [TestCase("userToken", true)]
    [TestCase("newPassword2", true)]
    [TestCase("passwordHash", true)]
    [TestCase("nextPageToken", false)]
    [TestCase("cancellationToken", false)]
    [TestCase("keyId", false)]
    [TestCase("errorCode", false)]
    [TestCase("user[pin]", true)]
    [TestCase("Input.Pin", true)]
    [TestCase("Smtp__Pin", true)]
    public async Task The_examples_of_names_are_true(string name, bool isSensitive)
    {
        Documents.Read(Page).Should().Contain($"`{name}`");
        await using var host = await RecipeHost.StartAsync(CaptureRecipes.Events);
        using var answer = await host.SendAsync($"/any?{name}=hunter");
        var entry = (await host.EntriesAsync("?kind=response&last=1")).Should().ContainSingle().Subject;
        entry.GetProperty("url").GetString().Should().EndWith(isSensitive ? "=[redacted]" : "=hunter");
    }

    /// <summary>The names in the lists of a section.</summary>
    private static IEnumerable<string> Listed(string heading)
    {
        var text = Documents.Read(Page);
        var section = text[(text.IndexOf(heading, StringComparison.Ordinal) + heading.Length)..];
        section = section[..section.IndexOf("\n#", StringComparison.Ordinal)];
        return Name().Matches(section[section.IndexOf("\n- ", StringComparison.Ordinal)..]).Select(match => match.Groups["name"].Value);
    }

    [GeneratedRegex("`(?<name>[^`]+)`")]
    private static partial Regex Name();
}
