using System.Collections;
using System.Reflection;
using HoodyLogs.OptionAttributes;

namespace HoodyLogs.Configuration;

/// <summary>An option or a section that configuration can set.</summary>
internal sealed class OptionProperty(PropertyInfo property)
{
    /// <summary>Gets the key within its section.</summary>
    public string Name => property.Name;

    /// <summary>Gets the type of the value, or of the items of a list.</summary>
    public Type Type { get; } = IsListType(property.PropertyType) ? property.PropertyType.GetGenericArguments()[0] : property.PropertyType;

    /// <summary>Gets whether the value is a list.</summary>
    public bool IsList { get; } = IsListType(property.PropertyType);

    /// <summary>Gets whether configured items are added to the defaults of the list.</summary>
    public bool AddsToDefaults { get; } = property.IsDefined(typeof(AddsToDefaultsAttribute));

    /// <summary>Gets whether the value is read once at startup.</summary>
    public bool IsRestartOnly { get; } = property.IsDefined(typeof(RestartOnlyAttribute));

    /// <summary>Gets the check of the value. Switches have none.</summary>
    public OptionAttribute? Check { get; } = property.GetCustomAttribute<OptionAttribute>();

    /// <summary>Gets what the option takes, as the end of a sentence.</summary>
    public string Takes => Check?.Takes ?? "true or false";

    public object? ValueOf(object options) => property.GetValue(options);

    public IList? ListOf(object? options) => options is null ? null : (IList?)property.GetValue(options);

    private static bool IsListType(Type type) => type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type);
}
