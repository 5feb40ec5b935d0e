namespace HoodyLogs.OptionAttributes;

/// <summary>Limits what a text may be.</summary>
/// <param name="takes">What the option takes.</param>
internal abstract class TextAttribute(string takes) : OptionAttribute(takes)
{
    protected sealed override bool IsAllowed(object value) => value is string text && IsAllowed(text);

    protected abstract bool IsAllowed(string text);
}

/// <summary>Requires a text that is not blank.</summary>
internal sealed class NotBlankAttribute(string takes) : TextAttribute(takes)
{
    protected override bool IsAllowed(string text) => !string.IsNullOrWhiteSpace(text);
}

/// <summary>Requires a name or an id: no control characters, and no whitespace at either end.</summary>
/// <param name="maxLength">The maximum number of characters.</param>
internal sealed class NameAttribute(int maxLength) : TextAttribute($"1 to {maxLength} characters without control characters, and without whitespace at either end")
{
    protected override bool IsAllowed(string text) =>
        text.Length > 0 && text.Length <= maxLength && !char.IsWhiteSpace(text[0]) && !char.IsWhiteSpace(text[^1]) && !text.Any(char.IsControl);
}

/// <summary>Requires a token as RFC 9110 defines it. Methods and header names are such tokens.</summary>
internal sealed class HttpTokenAttribute(string takes) : TextAttribute(takes)
{
    protected override bool IsAllowed(string text) =>
        text.Length > 0 && text.All(static letter => char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-.^_`|~".Contains(letter, StringComparison.Ordinal));
}

/// <summary>Requires a path.</summary>
internal sealed class UrlPathAttribute() : TextAttribute("a path that begins with /")
{
    protected override bool IsAllowed(string text) => text.StartsWith('/');
}

/// <summary>Requires a path with a wildcard.</summary>
internal sealed class WildcardPathAttribute() : TextAttribute("a path that begins with / and has a *")
{
    protected override bool IsAllowed(string text) => text.StartsWith('/') && text.Contains('*', StringComparison.Ordinal);
}

/// <summary>Requires a path that can be the prefix of a route.</summary>
internal sealed class RoutePrefixAttribute(string takes) : TextAttribute(takes)
{
    protected override bool IsAllowed(string text) => text.Length == 0 || (text.StartsWith('/') && text.AsSpan().IndexOfAny("{}*?#") < 0);
}

/// <summary>Requires a host name or an IP address.</summary>
internal sealed class HostNameAttribute() : TextAttribute("a host name without scheme and port")
{
    protected override bool IsAllowed(string text) => Uri.CheckHostName(text) != UriHostNameType.Unknown;
}
