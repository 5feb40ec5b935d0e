namespace HoodyLogs.AspNetCore.Tests.Architecture.Samples;

// Each pair is a circle. The first type uses the second in one way only; the second names the first as a parameter.
internal sealed class BaseUser : BaseUsed;

internal class BaseUsed
{
    internal static bool Uses(BaseUser user) => user is not null;
}

internal static class BodyUser
{
    internal static int Count() => BodyUsed.Count;
}

internal static class BodyUsed
{
    internal static int Count => nameof(BodyUser).Length;
}

internal static class GenericUser
{
    internal static List<int[]> All(IReadOnlyDictionary<int, List<GenericUsed[]>> all) => [.. all.Select(one => new int[one.Key])];
}

internal sealed record GenericUsed(int Number)
{
    internal static bool Uses(int number) => number == nameof(GenericUser).Length;
}

[AttributeUsed]
internal sealed class AttributeUser;

[AttributeUsage(AttributeTargets.Class)]
internal sealed class AttributeUsedAttribute : Attribute
{
    internal static bool Uses(AttributeUser user) => user is not null;
}

internal static class ConstantUser
{
    internal const int Limit = ConstantUsed.Limit + 1;
}

internal static class ConstantUsed
{
    internal const int Limit = 1;

    internal static int Next => ConstantUser.Limit + 1;
}

internal static class NestedUser
{
    internal sealed class Inner
    {
        internal NestedUsed.Inner? Used { get; set; }
    }
}

internal static class NestedUsed
{
    internal sealed class Inner
    {
        internal NestedUser.Inner? User { get; set; }
    }
}

internal static class ClosureUser
{
    internal static Func<int> Make(int number) => () => ClosureUsed.Add(number);
}

internal static class ClosureUsed
{
    internal static int Add(int number) => number + nameof(ClosureUser).Length;
}

internal static class InferredUser
{
    internal static string Text()
    {
        var used = InferredSource.Make();
        return $"{used}";
    }
}

internal static class InferredSource
{
    internal static InferredUsed Make() => new();
}

internal sealed class InferredUsed
{
    public override string ToString() => nameof(InferredUser);
}

internal static class ExtensionUser
{
    internal static int Twice(int number) => number.Doubled();
}

internal static class ExtensionUsed
{
    internal static int Doubled(this int number) => number + nameof(ExtensionUser).Length;
}

internal static class LoopUser
{
    internal static int Sum(LoopSource source)
    {
        var sum = 0;
        foreach (var number in source) sum += number;
        return sum;
    }
}

internal sealed class LoopSource
{
    private readonly LoopUsed _used = new();

    public LoopUsed GetEnumerator() => _used;
}

internal sealed class LoopUsed
{
    private int _left;

    public int Current => _left + nameof(LoopUser).Length;

    public bool MoveNext() => --_left > 0;
}

/// <summary>Uses <see cref="DocumentationUsed"/> in its documentation only, which is no use.</summary>
internal static class DocumentationUser;

internal static class DocumentationUsed
{
    internal static string Name => nameof(DocumentationUser);
}
