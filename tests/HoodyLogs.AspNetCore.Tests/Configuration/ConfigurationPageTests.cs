using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using FluentAssertions;
using HoodyLogs.AspNetCore.Configuration;
using HoodyLogs.AspNetCore.Tests.Hosting.Recipes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Configuration;

/// <summary>docs/configuration.md has a row for each option, with its default and whether a reload changes it. All documents name only options that exist.</summary>
public sealed partial class ConfigurationPageTests
{
    private const string Page = "docs/configuration.md";
    private static readonly Dictionary<string, (PropertyInfo Property, object? Default)> Options = Leaves(new ProxyLogsOptions(), "").ToDictionary();

    /// <summary>The rows of options: key, default, meaning, mark.</summary>
    private static readonly List<string[]> Rows =
        [.. Documents.Rows(Page).Where(row => row.Length >= 3 && row[0].StartsWith('`') && !row[0].Contains('.', StringComparison.Ordinal) && !row[0].Contains('/', StringComparison.Ordinal))];

    [Test]
    public void The_tables_have_each_option_once_and_no_other() =>
        Rows.Select(Key).Should().BeEquivalentTo(Options.Keys);

    [Test]
    public void The_tables_show_the_defaults()
    {
        var shown = Rows.Where(row => IsSimple(Options[Key(row)].Property.PropertyType)).ToDictionary(Key, row => row[1].Trim('`'), StringComparer.Ordinal);
        var defaults = shown.Keys.ToDictionary(key => key, key => Text(Options[key].Default));
        shown.Should().NotBeEmpty();
        shown.Should().BeEquivalentTo(defaults, options => options.Using<string>(text => text.Subject.Should().BeEquivalentTo(text.Expectation)).WhenTypeIs<string>());
    }

    [Test]
    public void The_tables_mark_what_a_reload_changes()
    {
        var restartOnly = ProxyOptionsBinding.Create().Schema.ValuesOf(new ProxyLogsOptions()).Where(value => value.IsRestartOnly).Select(value => value.Key).ToHashSet();
        var wrong = Rows.Where(row => row[^1] == "↻" == restartOnly.Contains(Key(row)));
        wrong.Select(Key).Should().BeEmpty();
    }

    [TestCaseSource(typeof(Documents), nameof(Documents.All))]
    public void Every_option_that_a_document_names_exists(string document)
    {
        var text = Documents.Read(document);
        var keys = NamedKey().Matches(text).Select(match => match.Groups["key"].Value)
            .Concat(Variable().Matches(text).Select(match => match.Groups["key"].Value.Replace("__", ":", StringComparison.Ordinal)))
            .Select(key => ItemOfList().Replace(key, "")).Distinct();
        keys.Where(key => !Options.ContainsKey(key)).Should().BeEmpty();

        var members = NamedMember().Matches(text).Select(match => (Section: match.Groups["section"].Value, Name: match.Groups["name"].Value)).Distinct();
        members.Where(member => typeof(ProxyLogsOptions).GetProperty(member.Section)!.PropertyType.GetProperty(member.Name) is null).Should().BeEmpty();
    }

    [TestCaseSource(typeof(Documents), nameof(Documents.ForUsers))]
    public async Task Settings_in_JSON_are_valid(string document)
    {
        foreach (var json in Documents.Blocks(document, "json").Where(json => json.Contains("\"ProxyLogs\"", StringComparison.Ordinal)))
        {
            var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json));
            builder.Configuration.AddJsonStream(stream).AddInMemoryCollection([new("ProxyLogs:Sqlite:Database", ":memory:")]);
            builder.Services.AddProxyLogs();
            await using var app = builder.Build();
            await app.StartAsync(); // a wrong key or value stops the start
        }
    }

    private static string Key(string[] row) => row[0].Trim('`');

    private static IEnumerable<KeyValuePair<string, (PropertyInfo Property, object? Default)>> Leaves(object options, string path) =>
        from property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where property.SetMethod is { IsPublic: true } && !typeof(Delegate).IsAssignableFrom(property.PropertyType)
        from leaf in IsSimple(property.PropertyType) || typeof(IEnumerable).IsAssignableFrom(property.PropertyType)
            ? [new(path + property.Name, (property, property.GetValue(options)))]
            : Leaves(property.GetValue(options)!, $"{path}{property.Name}:")
        select leaf;

    private static bool IsSimple(Type type) => type.IsEnum || type.IsPrimitive || type == typeof(string) || type == typeof(TimeSpan);

    private static string Text(object? value) => value switch
    {
        TimeSpan time => time.ToString("c", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    [GeneratedRegex(@"`(ProxyLogs:)?(?<key>(Sqlite|Retention|Queue|Tail|Capture|Access|Limits|Tunnels):[A-Za-z0-9:]+)`")]
    private static partial Regex NamedKey();

    [GeneratedRegex(@"ProxyLogs__(?<key>[A-Za-z0-9_]+)")]
    private static partial Regex Variable();

    /// <summary>What an item of a list has behind the key of the list.</summary>
    [GeneratedRegex(@":[0-9]+(:.*)?$")]
    private static partial Regex ItemOfList();

    [GeneratedRegex(@"`(?<section>Capture|Access)\.(?<name>[A-Z][A-Za-z]+)`")]
    private static partial Regex NamedMember();
}
