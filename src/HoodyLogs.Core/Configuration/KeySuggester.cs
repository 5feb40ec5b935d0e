namespace HoodyLogs.Configuration;

/// <summary>Suggests known keys for an unknown key.</summary>
internal static class KeySuggester
{
    /// <summary>Returns the end of a sentence: the nearest known key as a question, or all known keys if none is near.</summary>
    public static string Suggest(string key, IReadOnlyCollection<string> known)
    {
        if (known.Count == 0) return "allowed are the indexes 0, 1 and so on.";
        var nearest = known.MinBy(candidate => Distance(key, candidate))!;
        var distance = Distance(key, nearest);
        return distance <= Math.Max(2, nearest.Length / 3) && distance < nearest.Length ? $"did you mean {nearest}?" : $"allowed are {string.Join(", ", known)}.";
    }

    /// <summary>Returns the Levenshtein distance, ignoring case.</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var substituted = diagonal + (char.ToUpperInvariant(one[i - 1]) == char.ToUpperInvariant(other[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
