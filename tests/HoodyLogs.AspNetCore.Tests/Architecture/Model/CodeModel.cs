using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HoodyLogs.AspNetCore.Tests.Architecture.Model;

/// <summary>The types of some projects and the uses between them, as the compiler resolves them.</summary>
/// <remarks>
/// The model reads source, so it lacks only the code that source generators add. ArchUnitNET reads IL, which has no constants and no nameof, ignores
/// the types of members that a body calls, and takes slices from namespaces. NetArchTest finds no circles.
/// </remarks>
internal sealed class CodeModel
{
    /// <summary>The usings that Microsoft.NET.Sdk adds to a file.</summary>
    private const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; "
        + "global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;";

    private static readonly Lazy<CodeModel> LazyProduct = new(() =>
        new CodeModel(Path.Combine(SourceTree.Root, "src"), SourceTree.Projects.SelectMany(SourceTree.Sources)));

    private readonly string _root;

    /// <param name="root">The folder that contains the projects.</param>
    /// <param name="files">The source files, anywhere below <paramref name="root"/>.</param>
    public CodeModel(string root, IEnumerable<string> files)
    {
        _root = root;
        Trees = [.. files.Order(StringComparer.Ordinal).Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), path: file))];
        Compilation = CSharpCompilation.Create(
            "HoodyLogs.Sources",
            [CSharpSyntaxTree.ParseText(ImplicitUsings), .. Trees],
            References(),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
        Parts = [.. Trees.SelectMany(PartsIn)];
        Types = [.. Parts.Select(part => TypeOf(part.Symbol)).Distinct()];
        Uses = [.. Trees.AsParallel().AsOrdered().SelectMany(UsesIn).DistinctBy(use => (use.From, use.To, use.Member))];
    }

    /// <summary>Gets the model of all projects in src.</summary>
    public static CodeModel Product => LazyProduct.Value;

    public IReadOnlyList<SyntaxTree> Trees { get; }

    public CSharpCompilation Compilation { get; }

    /// <summary>Gets the declarations of the top-level types. A partial type has several.</summary>
    public IReadOnlyList<(MemberDeclarationSyntax Syntax, INamedTypeSymbol Symbol)> Parts { get; }

    public IReadOnlyList<SourceType> Types { get; }

    /// <summary>Gets the uses between two types, at most one for each member.</summary>
    public IReadOnlyList<TypeUse> Uses { get; }

    /// <summary>Returns the path of a file relative to the root, with slashes.</summary>
    public string PathOf(SyntaxTree tree) => Path.GetRelativePath(_root, tree.FilePath).Replace('\\', '/');

    private static int LineOf(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    /// <summary>The assemblies of the running tests, without those that the trees are the source of.</summary>
    private static IEnumerable<MetadataReference> References() =>
        from path in ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        where !Path.GetFileName(path).StartsWith("HoodyLogs", StringComparison.Ordinal)
        select MetadataReference.CreateFromFile(path);

    private IEnumerable<(MemberDeclarationSyntax Syntax, INamedTypeSymbol Symbol)> PartsIn(SyntaxTree tree)
    {
        var model = Compilation.GetSemanticModel(tree);
        return from node in tree.GetRoot().DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
               where node is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax
               select ((MemberDeclarationSyntax)node, (INamedTypeSymbol)model.GetDeclaredSymbol(node)!);
    }

    private IEnumerable<TypeUse> UsesIn(SyntaxTree tree)
    {
        var model = Compilation.GetSemanticModel(tree);
        return from part in PartsIn(tree)
               from node in part.Syntax.DescendantNodes()
               from used in UsedTypes.Of(model, node)
               where used.DeclaringSyntaxReferences is not [] && !SymbolEqualityComparer.Default.Equals(used, part.Symbol)
               select new TypeUse(TypeOf(part.Symbol), TypeOf(used), MemberOf(node), Path.GetFileName(tree.FilePath), LineOf(node));
    }

    private SourceType TypeOf(INamedTypeSymbol type) => new(
        type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat),
        Path.GetDirectoryName(PathOf(type.DeclaringSyntaxReferences[0].SyntaxTree))!.Replace('\\', '/'));

    /// <summary>Returns the name of the member that a piece of syntax belongs to, with the names of nested types.</summary>
    public static string MemberOf(SyntaxNode node)
    {
        var member = node.AncestorsAndSelf().OfType<MemberDeclarationSyntax>().First();
        var name = member switch
        {
            MethodDeclarationSyntax method => method.Identifier.Text,
            PropertyDeclarationSyntax property => property.Identifier.Text,
            EventDeclarationSyntax added => added.Identifier.Text,
            EnumMemberDeclarationSyntax value => value.Identifier.Text,
            BaseFieldDeclarationSyntax field => field.Declaration.Variables[0].Identifier.Text,
            ConstructorDeclarationSyntax => "the constructor",
            IndexerDeclarationSyntax => "the indexer",
            BaseMethodDeclarationSyntax => "an operator or finalizer",
            _ => "the declaration",
        };
        var nested = member.Ancestors().OfType<BaseTypeDeclarationSyntax>().SkipLast(1).Reverse().Select(type => type.Identifier.Text);
        return string.Join('.', nested.Append(name));
    }
}
