namespace HoodyLogs.AspNetCore.Tests.Architecture.Model;

/// <summary>Rules for the uses between types and folders. Each returns the violations.</summary>
internal static class UseRules
{
    /// <summary>The node of the files that lie directly in a folder, next to its subfolders.</summary>
    private const string OwnFiles = "(its own files)";

    /// <summary>Finds uses that go from a top folder of a project to a later one. The files in the root of the project are the last layer.</summary>
    public static IEnumerable<string> Layers(CodeModel model, string project, IReadOnlyList<string> layers)
    {
        var order = layers.Append(OwnFiles).Index().ToDictionary(layer => layer.Item, layer => layer.Index);
        return from use in Below(model, project)
               let user = Child(use.From, project)
               let used = Child(use.To, project)
               where order.TryGetValue(user, out var own) && order.TryGetValue(used, out var other) && own < other
               select $"{use}: {user} may use only {string.Join(", ", layers.Take(order[user]).DefaultIfEmpty("itself"))}";
    }

    /// <summary>Finds circles between sibling folders, at any depth of a project.</summary>
    public static IEnumerable<string> FolderCircles(CodeModel model, string project) =>
        FolderCircles(model, project, use => use.From != OwnFiles && use.To != OwnFiles, _ => true);

    /// <summary>Finds circles between the files directly in a folder and its subfolders, at any depth of a project.</summary>
    public static IEnumerable<string> ParentCircles(CodeModel model, string project) =>
        FolderCircles(model, project, _ => true, circle => circle.Contains(OwnFiles));

    /// <summary>Finds circles between types.</summary>
    public static IEnumerable<string> TypeCircles(CodeModel model) =>
        from circle in Graph<SourceType>.Circles(model.Uses.Select(use => (use.From, use.To)))
        let inside = model.Uses.Where(use => circle.Contains(use.From) && circle.Contains(use.To))
        select Report($"circle of {circle.Count} types", circle, inside, type => type);

    private static IEnumerable<string> FolderCircles(
        CodeModel model, string project, Func<(string From, string To), bool> isUse, Func<HashSet<string>, bool> isCircle) =>
        from folder in model.Types.SelectMany(type => Parents(type.Folder)).Distinct().Order(StringComparer.Ordinal)
        where folder == project || folder.StartsWith(project + "/", StringComparison.Ordinal)
        let uses = Below(model, folder).ToLookup(use => (From: Child(use.From, folder), To: Child(use.To, folder)))
        from circle in Graph<string>.Circles(uses.Select(use => use.Key).Where(isUse))
        where isCircle(circle)
        let inside = uses.Where(use => use.Key.From != use.Key.To && circle.Contains(use.Key.From) && circle.Contains(use.Key.To)).SelectMany(use => use)
        select Report($"circle of {circle.Count} folders in {folder}", circle, inside, type => Child(type, folder));

    /// <summary>Describes a circle. The uses that keep its nodes from an order come first, because they are the easiest to cut.</summary>
    private static string Report<TNode>(string title, IEnumerable<TNode> circle, IEnumerable<TypeUse> inside, Func<SourceType, TNode> nodeOf)
        where TNode : notnull
    {
        var pairs = inside.GroupBy(use => (use.From, use.To)).ToList();
        var order = Graph<TNode>.Order(circle, [.. pairs.Select(pair => (nodeOf(pair.Key.From), nodeOf(pair.Key.To)))]).ToList();
        var toLater = pairs.ToLookup(pair => order.IndexOf(nodeOf(pair.Key.From)) < order.IndexOf(nodeOf(pair.Key.To)), Line);
        var names = order.Select(node => node is SourceType type ? type.Name : node.ToString());
        return $"{title}. In the order {string.Join(", ", names)}\n these uses go to a later one:\n{string.Join('\n', toLater[true])}\n"
            + $" and these to an earlier one:\n{string.Join('\n', toLater[false])}";
    }

    /// <summary>Returns one line for the uses between two types, with their first places.</summary>
    private static string Line(IEnumerable<TypeUse> uses)
    {
        var all = uses.ToList();
        var more = all.Count > 3 ? $" and {all.Count - 3} more" : "";
        return $"  {all[0].From} uses {all[0].To} {string.Join(", ", all.Take(3).Select(use => use.Place))}{more}";
    }

    private static IEnumerable<TypeUse> Below(CodeModel model, string folder) =>
        model.Uses.Where(use => IsBelow(use.From, folder) && IsBelow(use.To, folder));

    private static bool IsBelow(SourceType type, string folder) => $"{type.Folder}/".StartsWith($"{folder}/", StringComparison.Ordinal);

    private static string Child(SourceType type, string folder) =>
        type.Folder.Length == folder.Length ? OwnFiles : type.Folder[(folder.Length + 1)..].Split('/')[0];

    private static IEnumerable<string> Parents(string folder)
    {
        for (var slash = folder.LastIndexOf('/'); slash > 0; slash = folder.LastIndexOf('/', slash - 1)) yield return folder[..slash];
    }
}
