using System.Text;

namespace HoodyLogs.AspNetCore.Endpoints.Parameters;

/// <summary>
/// Parses a comma-separated list. Spaces around items and empty items are ignored. An item in double quotes may contain commas and spaces. A quote inside
/// it is doubled or has a backslash before it.
/// </summary>
internal static class ListValue
{
    /// <summary>Adds the items of a list to <paramref name="items"/>.</summary>
    /// <returns>False if the quotes are not balanced, or a quoted item is empty.</returns>
    public static bool TryAdd(string list, List<string> items)
    {
        if (!list.Contains('"', StringComparison.Ordinal))
        {
            items.AddRange(list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
            return true;
        }

        for (var at = 0; at < list.Length; at++)
        {
            if (list[at] is ',' or ' ') continue;
            if (!(list[at] == '"' ? TryParseQuoted(list, ref at, items) : TryParseUnquoted(list, ref at, items))) return false;
        }

        return true;
    }

    /// <summary>Parses an item without quotes, up to the next comma.</summary>
    private static bool TryParseUnquoted(string list, ref int at, List<string> items)
    {
        var end = list.IndexOf(',', at);
        if (end < 0) end = list.Length;
        var item = list[at..end].Trim();
        at = end;
        if (item.Contains('"', StringComparison.Ordinal)) return false;
        if (item.Length > 0) items.Add(item);
        return true;
    }

    /// <summary>Parses a quoted item, up to the next comma.</summary>
    private static bool TryParseQuoted(string list, ref int at, List<string> items)
    {
        var item = new StringBuilder();
        for (at++; at < list.Length && (list[at] != '"' || IsEscape(list, at)); at++)
        {
            if (IsEscape(list, at)) at++;
            item.Append(list[at]);
        }

        if (at == list.Length || item.Length == 0) return false;
        items.Add(item.ToString());
        for (at++; at < list.Length && list[at] != ','; at++)
        {
            if (list[at] != ' ') return false;
        }

        return true;
    }

    private static bool IsEscape(string list, int at) => at + 1 < list.Length && (list[at], list[at + 1]) is ('"', '"') or ('\\', '"') or ('\\', '\\');
}
