namespace HoodyLogs.Storage.Sqlite.Segments;

/// <summary>A cache of the row indexes of recently read segments, with a maximum number. Safe to use from any thread.</summary>
internal sealed class SegmentCache(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, LinkedListNode<(int Segment, RowIndex Rows)>> _byNumber = [];
    private readonly LinkedList<(int Segment, RowIndex Rows)> _byAge = [];

    public RowIndex? Find(int segment)
    {
        lock (_lock)
        {
            if (!_byNumber.TryGetValue(segment, out var node)) return null;
            _byAge.Remove(node);
            _byAge.AddLast(node);
            return node.Value.Rows;
        }
    }

    public void Add(int segment, RowIndex rows)
    {
        lock (_lock)
        {
            if (_byNumber.TryGetValue(segment, out var replaced)) _byAge.Remove(replaced);
            _byNumber[segment] = _byAge.AddLast((segment, rows));
            while (_byNumber.Count > capacity)
            {
                _byNumber.Remove(_byAge.First!.Value.Segment);
                _byAge.RemoveFirst();
            }
        }
    }
}
