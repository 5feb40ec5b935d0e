namespace HoodyLogs.OptionAttributes;

/// <summary>Marks an option or a section that is read once at startup. A reload does not change it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class RestartOnlyAttribute : Attribute;
