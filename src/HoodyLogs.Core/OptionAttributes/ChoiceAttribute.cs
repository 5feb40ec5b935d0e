namespace HoodyLogs.OptionAttributes;

/// <summary>Limits an option to the named values of an enum.</summary>
/// <typeparam name="T">The enum.</typeparam>
internal sealed class ChoiceAttribute<T>() : OptionAttribute(List(Enum.GetNames<T>()))
    where T : struct, Enum
{
    protected override bool IsAllowed(object value) => value is T choice && Enum.IsDefined(choice);

    private static string List(string[] names) => $"{string.Join(", ", names[..^1])} or {names[^1]}";
}
