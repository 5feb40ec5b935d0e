namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>The one budget of all bodies from their first byte until they are stored or lost.</summary>
internal sealed class BodyMemory
{
    private long _used;

    /// <summary>Bytes that are held now.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Takes so many bytes, unless that passes the limit.</summary>
    public bool TryTake(int bytes, long limit)
    {
        if (Interlocked.Add(ref _used, bytes) <= limit) return true;
        GiveBack(bytes);
        return false;
    }

    /// <summary>Takes so many bytes that replace others about to be given back.</summary>
    public void Take(int bytes) => Interlocked.Add(ref _used, bytes);

    public void GiveBack(int bytes) => Interlocked.Add(ref _used, -bytes);
}
