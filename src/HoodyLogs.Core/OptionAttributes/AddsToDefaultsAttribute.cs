namespace HoodyLogs.OptionAttributes;

/// <summary>Marks a list whose configured items are added to its defaults. The items of other lists replace the defaults.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class AddsToDefaultsAttribute : Attribute;
