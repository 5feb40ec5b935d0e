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
