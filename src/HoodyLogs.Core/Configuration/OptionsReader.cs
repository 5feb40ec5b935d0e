using System.Collections;
using System.Globalization;
using HoodyLogs.OptionAttributes;
using Microsoft.Extensions.Configuration;

namespace HoodyLogs.Configuration;

/// <summary>
/// Copies the readable values of a section for the binder, which stops at the first value that it cannot read. Reports all unknown keys and unreadable
/// values. Empties the lists that are configured, because the binder adds to them.
/// </summary>
internal sealed class OptionsReader(OptionsSchema schema, OptionsErrors errors)
{
    private readonly Dictionary<string, string?> _readable = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns the values to bind.</summary>
    public IConfiguration Read(IConfiguration section, object options)
    {
        if (section is IConfigurationSection { Value.Length: > 0 }) errors.Add("", "has a single value; it takes a section with keys of its own.");
        ReadSection(section, null, options.GetType(), options);
        return new ConfigurationBuilder().AddInMemoryCollection(_readable).Build();
    }

    private void ReadSection(IConfiguration section, string? path, Type type, object? options)
    {
        var properties = schema.PropertiesOf(type)!;
        foreach (var child in section.GetChildren())
        {
            var property = Array.Find(properties, property => property.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            var key = Combine(path, property?.Name ?? child.Key);
            // The value is not shown: it may be a token under a misspelled key.
            if (property is null) errors.Add(key, $"is not an option; {KeySuggester.Suggest(child.Key, Array.ConvertAll(properties, known => known.Name))}");
            else if (property.IsList) ReadList(child, key, property, property.ListOf(options));
            else ReadValue(child, key, property, options is null ? null : property.ValueOf(options));
        }
    }

    private void ReadList(IConfigurationSection section, string path, OptionProperty property, IList? list)
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            errors.Add(path, "has a single value; it takes a list: give its items as :0, :1 and so on.");
            return;
        }

        if (!property.AddsToDefaults) list?.Clear();
        var keys = Enumerable.Range(0, list?.Count ?? 0).Select(position => position.ToString(CultureInfo.InvariantCulture)).ToList();
        foreach (var child in section.GetChildren())
        {
            var key = Combine(path, child.Key);
            if (!int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)) errors.Add(key, $"is not an option; {KeySuggester.Suggest(child.Key, [])}");
            else if (list?.Contains(child.Value) != true && ReadValue(child, key, property, null)) keys.Add(child.Key);
        }

        errors.NameItems(path, keys);
    }

    /// <summary>Reads a value, or a section. Returns whether there is anything to bind.</summary>
    private bool ReadValue(IConfigurationSection section, string key, OptionProperty property, object? current)
    {
        var value = section.Value;
        if (schema.PropertiesOf(property.Type) is { } nested)
        {
            if (!string.IsNullOrEmpty(value))
            {
                errors.Add(key, $"has a single value; it takes {(property.IsList ? "a section with keys of its own" : property.Takes)}."); // not shown: it may be a token
                return false;
            }

            // An item without keys is bound too, so that the validation sees it.
            if (property.IsList) _readable[Combine(key, nested[0].Name)] = "";
            ReadSection(section, key, property.Type, current);
            return true;
        }

        if (value is null && section.GetChildren().Any()) errors.Add(key, "is a section; it takes one value.");
        else if (property.Check is { IsOptional: true } && string.IsNullOrEmpty(value)) return Copy(null);
        else if (value is not null && IsReadable(property.Type, value)) return Copy(value);
        else if (value is not null) errors.Add(key, property.Check?.Explain(value) ?? OptionAttribute.Explain(value, property.Takes));
        return false;

        bool Copy(string? readable)
        {
            _readable[key] = readable;
            return true;
        }
    }

    /// <summary>Returns whether a value can be bound. Strict: a lenient reader takes <c>24:00:00</c> for 24 days, and a number for an enum.</summary>
    private static bool IsReadable(Type type, string value) =>
        type == typeof(string)
        || (type == typeof(bool) && bool.TryParse(value, out _))
        || (type == typeof(int) && int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out _))
        || (type == typeof(long) && long.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out _))
        || (type == typeof(TimeSpan) && value.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParseExact(value, "c", CultureInfo.InvariantCulture, out _))
        || (type.IsEnum && Enum.GetNames(type).Contains(value, StringComparer.OrdinalIgnoreCase));

    private static string Combine(string? path, string key) => path is null ? key : ConfigurationPath.Combine(path, key);
}
