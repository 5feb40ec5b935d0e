namespace HoodyLogs.AspNetCore.Tests.Architecture.Model;

/// <summary>Finds circles: the largest sets of nodes that all reach each other (Tarjan's algorithm).</summary>
internal sealed class Graph<TNode>
    where TNode : notnull
{
    private readonly ILookup<TNode, TNode> _edges;
    private readonly Dictionary<TNode, int> _numbers = [];
    private readonly Dictionary<TNode, int> _lowest = [];
    private readonly Stack<TNode> _open = [];
    private readonly List<HashSet<TNode>> _circles = [];

    private Graph(IEnumerable<(TNode From, TNode To)> edges) => _edges = edges.Distinct().ToLookup(edge => edge.From, edge => edge.To);

    public static IReadOnlyList<HashSet<TNode>> Circles(IEnumerable<(TNode From, TNode To)> edges)
    {
        var graph = new Graph<TNode>(edges);
        foreach (var node in graph._edges.Select(group => group.Key).Where(node => !graph._numbers.ContainsKey(node))) graph.Visit(node);
        return graph._circles;
    }

    /// <summary>Returns the nodes in an order in which few edges go to a later node. Moves single nodes as long as that helps.</summary>
    public static IReadOnlyList<TNode> Order(IEnumerable<TNode> nodes, IReadOnlyCollection<(TNode From, TNode To)> edges)
    {
        var order = nodes.OrderBy(node => edges.Count(edge => edge.From.Equals(node)) - edges.Count(edge => edge.To.Equals(node)))
            .ThenBy(node => node.ToString(), StringComparer.Ordinal).ToList();
        while (order.ToList().Select(node => Move(order, node, edges)).ToList().Contains(true))
        {
        }

        return order;
    }

    private static bool Move(List<TNode> order, TNode node, IReadOnlyCollection<(TNode From, TNode To)> edges)
    {
        var others = order.Where(other => !other.Equals(node)).ToList();
        var best = Enumerable.Range(0, order.Count).Select(position => others.Take(position).Append(node).Concat(others.Skip(position)).ToList())
            .MinBy(moved => ToLater(moved, edges))!;
        if (ToLater(best, edges) >= ToLater(order, edges)) return false;
        order.Clear();
        order.AddRange(best);
        return true;
    }

    private static int ToLater(List<TNode> order, IEnumerable<(TNode From, TNode To)> edges) =>
        edges.Count(edge => order.IndexOf(edge.From) < order.IndexOf(edge.To));

    private void Visit(TNode node)
    {
        _numbers[node] = _lowest[node] = _numbers.Count;
        _open.Push(node);
        foreach (var next in _edges[node])
        {
            if (!_numbers.ContainsKey(next)) Visit(next);
            if (_open.Contains(next)) _lowest[node] = Math.Min(_lowest[node], _lowest[next]);
        }

        if (_lowest[node] != _numbers[node]) return;
        var circle = new HashSet<TNode>();
        TNode last;
        do circle.Add(last = _open.Pop()); while (!last.Equals(node));
        if (circle.Count > 1) _circles.Add(circle);
    }
}
