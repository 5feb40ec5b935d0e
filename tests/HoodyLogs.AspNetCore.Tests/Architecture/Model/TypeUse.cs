namespace HoodyLogs.AspNetCore.Tests.Architecture.Model;

/// <summary>A place where a top-level type, or a type nested in it, uses another top-level type.</summary>
internal sealed record TypeUse(SourceType From, SourceType To, string Member, string File, int Line)
{
    public string Place => $"in {Member} ({File}:{Line})";

    public override string ToString() => $"{From} uses {To} {Place}";
}
