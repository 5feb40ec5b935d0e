using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace HoodyLogs.OptionAttributes;

/// <summary>
/// Checks an option, or each item of a list. The message shows the wrong value and what the option takes; the framework's attributes do not.
/// </summary>
/// <param name="takes">What the option takes: the end of the sentence "It takes …".</param>
[AttributeUsage(AttributeTargets.Property)]
internal abstract class OptionAttribute(string takes) : ValidationAttribute
{
    private const int ShownCharacters = 100;

    /// <summary>Gets what the option takes.</summary>
    public string Takes => takes;

    /// <summary>Gets or sets whether the option may be null. An empty text in the configuration is then null.</summary>
    public bool IsOptional { get; set; }

    /// <summary>Says what is wrong with a value, as the rest of a sentence that begins with the key.</summary>
    public virtual string Explain(object? value) => Explain(value, takes);

    /// <summary>Says what is wrong with the value of an option that has no attribute.</summary>
    public static string Explain(object? value, string takes) => $"is {Show(value)}; it takes {takes}.";

    /// <summary>Returns whether the option takes this value, which is not null.</summary>
    protected abstract bool IsAllowed(object value);

    /// <summary>Checks the value. The message has one line for each wrong item of a list.</summary>
    protected sealed override ValidationResult? IsValid(object? value, ValidationContext context)
    {
        if (value is not IList items) return IsFine(value) ? ValidationResult.Success : new ValidationResult($"{context.DisplayName} {Explain(value)}");
        var wrong = Enumerable.Range(0, items.Count).Where(index => !IsFine(items[index]))
            .Select(index => $"{context.DisplayName}[{index}] {Explain(items[index])}").ToList();
        return wrong.Count == 0 ? ValidationResult.Success : new ValidationResult(string.Join('\n', wrong));
    }

    private static string Show(object? value) => value switch
    {
        null => "null",
        TimeSpan time => $"\"{time:c}\"",
        _ => $"\"{Shorten(Convert.ToString(value, CultureInfo.InvariantCulture)!)}\"",
    };

    /// <summary>Returns the text in one line, because each line of the message is about one key.</summary>
    private static string Shorten(string text) =>
        (text.Length > ShownCharacters ? $"{text.AsSpan(0, ShownCharacters)}…" : text).ReplaceLineEndings(@"\n");

    private bool IsFine(object? value) => value is null ? IsOptional : IsAllowed(value);
}
