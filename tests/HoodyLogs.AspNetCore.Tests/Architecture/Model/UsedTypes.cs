using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HoodyLogs.AspNetCore.Tests.Architecture.Model;

/// <summary>Finds the top-level types that a piece of syntax uses, by name or as the type of an expression.</summary>
internal static class UsedTypes
{
    public static IEnumerable<INamedTypeSymbol> Of(SemanticModel model, SyntaxNode node)
    {
        if (node is CommonForEachStatementSyntax loop) return OfSymbol(model.GetForEachStatementInfo(loop).GetEnumeratorMethod);
        var type = model.GetTypeInfo(node);
        return [.. OfSymbol(model.GetSymbolInfo(node).Symbol), .. OfType(type.Type), .. OfType(type.ConvertedType)];
    }

    private static IEnumerable<INamedTypeSymbol> OfSymbol(ISymbol? symbol) => symbol switch
    {
        ITypeSymbol type => OfType(type),
        IMethodSymbol method => OfMethod(method.ReducedFrom ?? method).Concat(method.TypeArguments.SelectMany(OfType)),
        IFieldSymbol or IPropertySymbol or IEventSymbol => OfType(symbol.ContainingType),
        _ => [],
    };

    /// <summary>A call uses the types of all parameters, also of those that it omits.</summary>
    private static IEnumerable<INamedTypeSymbol> OfMethod(IMethodSymbol method) =>
        [.. OfType(method.ContainingType), .. OfType(method.ReturnType), .. method.Parameters.SelectMany(parameter => OfType(parameter.Type))];

    private static IEnumerable<INamedTypeSymbol> OfType(ITypeSymbol? type) => type switch
    {
        IArrayTypeSymbol array => OfType(array.ElementType),
        IPointerTypeSymbol pointer => OfType(pointer.PointedAtType),
        INamedTypeSymbol named => [Outermost(named), .. Arguments(named).SelectMany(OfType)],
        _ => [],
    };

    private static IEnumerable<ITypeSymbol> Arguments(INamedTypeSymbol type) =>
        type.ContainingType is { } outer ? type.TypeArguments.Concat(Arguments(outer)) : type.TypeArguments;

    private static INamedTypeSymbol Outermost(INamedTypeSymbol type) => type.ContainingType is { } outer ? Outermost(outer) : type.OriginalDefinition;
}
