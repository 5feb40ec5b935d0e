using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using HoodyLogs.OptionAttributes;
using Microsoft.Extensions.Configuration;

namespace HoodyLogs.Configuration;

/// <summary>The properties of all options classes. Each class is added by its type, so that trimming keeps its properties.</summary>
internal sealed class OptionsSchema
{
    private readonly Dictionary<Type, OptionProperty[]> _sections = [];

    /// <summary>Adds an options class.</summary>
    public OptionsSchema Add<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>()
    {
        _sections.Add(typeof(T), [.. typeof(T).GetProperties()
            .Where(property => property.SetMethod is { IsPublic: true } && !typeof(Delegate).IsAssignableFrom(property.PropertyType))
            .Select(property => new OptionProperty(property))]);
        return this;
    }

    /// <summary>Returns the properties of an options class, or null if the type is a value.</summary>
    public OptionProperty[]? PropertiesOf(Type type) => _sections.GetValueOrDefault(type);

    /// <summary>Returns the values of all options by their keys. Secrets are hashed.</summary>
    public IEnumerable<OptionValue> ValuesOf(object options, string? section = null, bool isRestartOnly = false) =>
        from property in _sections[options.GetType()]
        let key = section is null ? property.Name : ConfigurationPath.Combine(section, property.Name)
        from value in ValuesOf(property, key, property.ValueOf(options), isRestartOnly || property.IsRestartOnly)
        select value;

    private IEnumerable<OptionValue> ValuesOf(OptionProperty property, string key, object? value, bool isRestartOnly) => value switch
    {
        IList items => items.Cast<object?>().SelectMany(
            (item, index) => ValuesOf(property, ConfigurationPath.Combine(key, index.ToString(CultureInfo.InvariantCulture)), item, isRestartOnly)),
        not null when _sections.ContainsKey(value.GetType()) => ValuesOf(value, key, isRestartOnly),
        string secret when property.Check is SecretAttribute =>
            [new OptionValue(key, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(secret))), isRestartOnly)],
        _ => [new OptionValue(key, Convert.ToString(value, CultureInfo.InvariantCulture), isRestartOnly)],
    };
}

/// <summary>The value of an option.</summary>
/// <param name="Key">The key, relative to the section of HoodyLogs.</param>
/// <param name="Value">The value as text.</param>
/// <param name="IsRestartOnly">Whether a reload does not change it.</param>
internal sealed record OptionValue(string Key, string? Value, bool IsRestartOnly);
