namespace HoodyLogs.OptionAttributes;

/// <summary>Marks options that have keys of their own.</summary>
internal sealed class SectionAttribute() : OptionAttribute("a section with keys of its own")
{
    protected override bool IsAllowed(object value) => true;
}
