using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace HoodyLogs.AspNetCore.Tests.Architecture;

/// <summary>Prints the public types of an assembly and their members, one a line, in a stable order.</summary>
internal static class PublicApiPrinter
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Print(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Declaration(type)).Append('\n');
            var members = typeof(Delegate).IsAssignableFrom(type) ? [Method(type.GetMethod("Invoke")!)]
                : type.IsEnum ? EnumMembers(type)
                : type.GetMembers(Declared).Select(Member).OfType<string>().Order(StringComparer.Ordinal);
            foreach (var member in members) text.Append("    ").Append(member).Append('\n');
        }

        return text.ToString();
    }

    private static IEnumerable<string> EnumMembers(Type type) => Enum.GetNames(type)
        .Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}");

    private static string Declaration(Type type)
    {
        var kind = type.IsEnum ? "enum"
            : typeof(Delegate).IsAssignableFrom(type) ? "delegate"
            : type.IsInterface ? "interface"
            : type.IsValueType ? type.IsByRefLike ? "ref struct" : "struct"
            : type is { IsAbstract: true, IsSealed: true } ? "static class"
            : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";
        var bases = new[] { type.BaseType }.Where(parent => parent is not null && parent.Namespace != "System")
            .Concat(type.GetInterfaces().Where(contract => contract.IsVisible && (contract.Namespace?.StartsWith("System", StringComparison.Ordinal) != true || contract.Name.EndsWith("Disposable", StringComparison.Ordinal))));
        var inherits = string.Join(", ", bases.Select(parent => Name(parent!)).Order(StringComparer.Ordinal));
        return $"{kind} {type.Namespace}.{Name(type)}{(inherits.Length > 0 ? $" : {inherits}" : "")}";
    }

    private static string? Member(MemberInfo member) => member switch
    {
        _ when member.IsDefined(typeof(CompilerGeneratedAttribute)) || member.Name == "EqualityContract" => null,
        PropertyInfo property when Accessors(property) is { Length: > 0 } accessors =>
            $"{Static(property.GetMethod ?? property.SetMethod)}{Type(property.PropertyType, new NullabilityInfoContext().Create(property))} {property.Name} {{ {accessors}}}",
        ConstructorInfo { IsStatic: false } constructor when IsVisible(constructor) => $"{Name(constructor.DeclaringType!)}({Parameters(constructor)})",
        MethodInfo { IsSpecialName: false } method when IsVisible(method) => Method(method),
        FieldInfo { IsPublic: true } field => $"{(field.IsLiteral ? "const " : Static(field.IsStatic))}{Name(field.FieldType)} {field.Name}",
        EventInfo { AddMethod.IsPublic: true } added => $"event {Name(added.EventHandlerType!)} {added.Name}",
        _ => null,
    };

    private static string Method(MethodInfo method) =>
        $"{Static(method)}{Type(method.ReturnType, new NullabilityInfoContext().Create(method.ReturnParameter))} {method.Name}"
        + $"{(method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "")}({Parameters(method)})";

    private static string Accessors(PropertyInfo property)
    {
        var set = property.SetMethod is not { } setter || !IsVisible(setter) ? ""
            : setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init; " : "set; ";
        return (property.GetMethod is { } getter && IsVisible(getter) ? "get; " : "") + set;
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{(parameter.IsDefined(typeof(ExtensionAttribute)) || (parameter.Position == 0 && method.IsDefined(typeof(ExtensionAttribute))) ? "this " : "")}"
        + $"{(parameter.IsOut ? "out " : parameter.IsIn ? "in " : "")}{Type(parameter.ParameterType, new NullabilityInfoContext().Create(parameter))} {parameter.Name}"
        + $"{(parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "default"}" : "")}"));

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Static(MethodInfo? method) => Static(method is { IsStatic: true });

    private static string Static(bool isStatic) => isStatic ? "static " : "";

    private static string Type(Type type, NullabilityInfo nullability) =>
        Name(type) + (!type.IsValueType && nullability.ReadState == NullabilityState.Nullable ? "?" : "");

    private static string Name(Type type)
    {
        if (type.IsByRef) return Name(type.GetElementType()!);
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[]";
        if (Nullable.GetUnderlyingType(type) is { } value) return $"{Name(value)}?";
        return type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : type.Name;
    }
}
