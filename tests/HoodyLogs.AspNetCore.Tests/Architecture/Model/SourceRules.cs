using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HoodyLogs.AspNetCore.Tests.Architecture.Model;

/// <summary>Rules for names, sizes and log messages. Each returns the violations.</summary>
internal static class SourceRules
{
    /// <summary>Finds top-level types that share a name. A generic type shares the name of one that is not generic.</summary>
    public static IEnumerable<string> SharedNames(CodeModel model) =>
        from type in model.Types.Distinct()
        group type by type.Name.Split('<')[0] into types
        where types.Count() > 1
        select $"{types.Key} is the name of {string.Join(" and ", types)}";

    /// <summary>Finds types whose parts lie in several folders.</summary>
    public static IEnumerable<string> ScatteredTypes(CodeModel model) =>
        from part in model.Parts
        group model.PathOf(part.Syntax.SyntaxTree) by part.Symbol.ToDisplayString() into paths
        where paths.Select(Path.GetDirectoryName).Distinct().Count() > 1
        select $"{paths.Key} has parts in {string.Join(" and ", paths)}";

    public static IEnumerable<string> LongFiles(CodeModel model, int lines) =>
        from tree in model.Trees
        let length = tree.GetText().ToString().TrimEnd().Count(letter => letter == '\n') + 1
        where length > lines
        select $"{model.PathOf(tree)} has {length} lines, {lines} are allowed";

    /// <summary>Finds methods, constructors, operators, accessors, local functions and properties that are too long.</summary>
    /// <remarks>Attributes and documentation do not count.</remarks>
    public static IEnumerable<string> LongMembers(CodeModel model, int lines) =>
        from tree in model.Trees
        from node in tree.GetRoot().DescendantNodes()
        where node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax
            or BasePropertyDeclarationSyntax { AccessorList: null }
        let start = node.ChildNodesAndTokens().First(child => !child.IsKind(SyntaxKind.AttributeList)).SpanStart
        let first = tree.GetText().Lines.IndexOf(start)
        let length = tree.GetText().Lines.IndexOf(node.Span.End) - first + 1
        where length > lines
        select $"{CodeModel.MemberOf(node)} ({model.PathOf(tree)}:{first + 1}) has {length} lines, {lines} are allowed";

    public static IEnumerable<string> CrowdedFolders(CodeModel model, int files) =>
        from path in model.Trees.Select(model.PathOf)
        group path by Path.GetDirectoryName(path) into folder
        where folder.Count() > files
        select $"{folder.Key} has {folder.Count()} files, {files} are allowed";

    public static IEnumerable<string> LogClassesWithoutSuffix(CodeModel model, string suffix) =>
        from log in LogMethods(model)
        where !log.Method.ContainingType.Name.EndsWith(suffix, StringComparison.Ordinal)
        group log.Method.Name by log.Method.ContainingType.Name into type
        select $"{type.Key} has log messages ({string.Join(", ", type)}), so its name must end with {suffix}";

    public static IEnumerable<string> SharedEventIds(CodeModel model) =>
        from log in LogMethods(model)
        group $"{log.Method.ContainingType.Name}.{log.Method.Name}" by log.EventId into methods
        where methods.Count() > 1 || methods.Key is null
        let names = string.Join(" and ", methods)
        select methods.Key is null ? $"{names} lack a constant event id" : $"{methods.Key} is the event id of {names}";

    private static IEnumerable<(IMethodSymbol Method, int? EventId)> LogMethods(CodeModel model) =>
        from tree in model.Trees
        let semantics = model.Compilation.GetSemanticModel(tree)
        from method in tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>()
        from attribute in method.AttributeLists.SelectMany(list => list.Attributes)
        where semantics.GetTypeInfo(attribute).Type?.Name == "LoggerMessageAttribute"
        select (semantics.GetDeclaredSymbol(method)!, EventId(semantics, attribute));

    /// <summary>The id is the argument EventId, or the first one of the constructor that takes an id, a level and a message.</summary>
    private static int? EventId(SemanticModel semantics, AttributeSyntax attribute) =>
        (from argument in attribute.ArgumentList?.Arguments.Index() ?? []
         let name = argument.Item.NameEquals?.Name ?? argument.Item.NameColon?.Name
         where name is null ? argument.Index == 0 : name.Identifier.Text.Equals("EventId", StringComparison.OrdinalIgnoreCase)
         select semantics.GetTypeInfo(argument.Item.Expression).Type?.SpecialType == SpecialType.System_Int32
             ? semantics.GetConstantValue(argument.Item.Expression).Value as int?
             : null).FirstOrDefault(id => id is not null);
}
