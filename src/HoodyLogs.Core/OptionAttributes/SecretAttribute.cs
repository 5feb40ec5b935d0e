using System.Globalization;

namespace HoodyLogs.OptionAttributes;

/// <summary>Limits the length of a secret. Messages show only its length.</summary>
/// <param name="minLength">The minimum number of characters.</param>
/// <param name="maxLength">The maximum number of characters.</param>
internal sealed class SecretAttribute(int minLength, int maxLength)
    : OptionAttribute(string.Create(CultureInfo.InvariantCulture, $"{minLength} to {maxLength} characters"))
{
    public override string Explain(object? value) => $"has {(value as string)?.Length ?? 0} characters (not shown); it takes {Takes}.";

    protected override bool IsAllowed(object value) => value is string { Length: var length } && length >= minLength && length <= maxLength;
}
